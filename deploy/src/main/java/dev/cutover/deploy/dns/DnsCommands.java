package dev.cutover.deploy.dns;

import picocli.CommandLine.Command;

/** What may be asked of DNS by itself. */
@Command(
    name = "dns",
    description =
        "Proves on the wire what every server serves of a name; plans, makes and reverts a change of"
            + " it. Needs no cutover.",
    subcommands = {
      CheckCommand.class,
      WatchNameCommand.class,
      PlanChangeCommand.class,
      ApplyChangeCommand.class,
      RevertChangeCommand.class
    },
    mixinStandardHelpOptions = true)
public final class DnsCommands {}
