package dev.cutover.deploy.sync;

import picocli.CommandLine.Command;

/** What may be asked of two buckets by themselves. */
@Command(
    name = "objects",
    description =
        "Copies one S3-compatible bucket to another, or compares two. Needs no cutover, no plan and"
            + " no service.",
    subcommands = {CopyObjectsCommand.class, CompareObjectsCommand.class},
    mixinStandardHelpOptions = true)
final class ObjectCommands {}
