package dev.cutover.deploy.dns;

import picocli.CommandLine.Command;

/** What may be asked of DNS by itself. */
@Command(
    name = "dns",
    description =
        "Proves on the wire what every authority and resolver serves of a name. Needs no cutover.",
    subcommands = {CheckCommand.class, WatchNameCommand.class},
    mixinStandardHelpOptions = true)
public final class DnsCommands {}
