package dev.cutover.deploy;

import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.LogException;
import dev.cutover.runtime.TopicAdmin;
import dev.cutover.runtime.Topics;
import java.util.List;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;

/** Makes the topics, or says as commands what is missing where making them is forbidden. */
@Command(
    name = "topics",
    description = {
      "Makes or checks the Kafka topics.",
      "Which Kafka, which prefix and how many partitions is configured as for the services:"
          + " KAFKA_BOOTSTRAP_SERVERS and TOPICS_... in the environment, or in the file that"
          + " CUTOVER_CONFIG names."
    },
    mixinStandardHelpOptions = true)
final class TopicsCommand {

  @Command(
      name = "create",
      description = "Makes the topics that are missing; leaves the others alone.",
      mixinStandardHelpOptions = true)
  int create() {
    return withAdmin(
        (admin, topics) -> {
          List<String> created = admin.create(topics);
          System.out.println(
              created.isEmpty()
                  ? "All topics are there."
                  : "Made " + String.join(", ", created) + ".");
          return report(admin.verify(topics));
        });
  }

  @Command(
      name = "verify",
      description = "Prints what is missing or wrong, with the command that mends it.",
      mixinStandardHelpOptions = true)
  int verify() {
    return withAdmin((admin, topics) -> report(admin.verify(topics)));
  }

  private static int report(List<TopicAdmin.Finding> findings) {
    for (TopicAdmin.Finding finding : findings) {
      System.out.println("# " + finding.sentence());
      System.out.println(finding.command());
    }
    if (findings.isEmpty()) {
      System.out.println("All topics are as they must be.");
    }
    return findings.isEmpty() ? 0 : 1;
  }

  private static int withAdmin(BiFunction<TopicAdmin, Topics, Integer> work) {
    try {
      ConfigReader reader = ConfigReader.ofEnvironment(System.getenv());
      KafkaSettings kafka = KafkaSettings.read(reader);
      Topics topics = Topics.read(reader);
      try (TopicAdmin admin = new TopicAdmin(reader.build(() -> kafka))) {
        return work.apply(admin, topics);
      }
    } catch (ConfigException | LogException e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }
}
