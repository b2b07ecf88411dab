package dev.cutover.deploy.sync;

import picocli.CommandLine.Command;

/** What may be asked of a plan's databases by themselves. */
@Command(
    name = "sync",
    description =
        "Checks the two databases of a plan, copies one to the other, and lets it follow. Needs no"
            + " cutover, and no service.",
    subcommands = {
      CheckDatabasesCommand.class,
      CopyCommand.class,
      FollowCommand.class,
      StatusCommand.class,
      DropCommand.class,
      ObjectCommands.class
    },
    mixinStandardHelpOptions = true)
public final class SyncCommands {}
