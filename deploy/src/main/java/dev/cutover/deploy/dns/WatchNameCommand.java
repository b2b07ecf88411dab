package dev.cutover.deploy.dns;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cutover.contract.MessageCodec;
import dev.cutover.dns.NameCheck;
import dev.cutover.dns.NameCheck.Look;
import dev.cutover.dns.NameWatch;
import dev.cutover.dns.adapter.DnsjavaProbe;
import dev.cutover.dns.domain.proof.Inquiry;
import dev.cutover.dns.domain.proof.NameReport;
import dev.cutover.dns.domain.proof.Undiscovered;
import dev.cutover.runtime.Pace;
import java.io.Console;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A change on its way, until everybody has it. */
@Command(
    name = "watch",
    description = {
      "Asks again and again until every authority and a quorum of resolvers serve what is expected;"
          + " a line for each change.",
      "Says how many have followed, and when the last honest cache must have: the last authority's"
          + " time and the TTL of before. Exit code 0 when all have, 1 when not in time, 2 for what"
          + " can't be understood."
    },
    mixinStandardHelpOptions = true)
final class WatchNameCommand implements Callable<Integer> {
  private static final Duration EVERY_MIN = Duration.ofMillis(200);

  @Spec private @Nullable CommandSpec spec;
  @Mixin private NameOptions options = new NameOptions();

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      description = "How long to watch; 10m unless given.",
      converter = Spans.class)
  private Duration within = Duration.ofMinutes(10);

  @Option(
      names = "--every",
      paramLabel = "DURATION",
      description = "Between two looks, 200ms or more; 2s unless given.",
      converter = Spans.class)
  private Duration every = Duration.ofSeconds(2);

  private String progress = "";

  @Override
  public Integer call() throws InterruptedException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = line.getOut();
    boolean terminal =
        !options.json()
            && Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    try {
      Inquiry inquiry = options.inquiry();
      if (inquiry.expected().wanted().isEmpty()) {
        throw new IllegalArgumentException(
            "Expected --expect TYPE=VALUE with what shall be served in the end, but there is none");
      }
      if (every.compareTo(EVERY_MIN) < 0) {
        throw new IllegalArgumentException(
            "Expected --every of 200ms or more, but got %d ms: servers are other people's"
                .formatted(every.toMillis()));
      }
      NameCheck check =
          new NameCheck(new DnsjavaProbe(), options.start(), InstantSource.system(), Pace.MACHINE);
      Look last =
          new NameWatch(check, Pace.MACHINE)
              .run(inquiry, within, every, look -> show(look, out, terminal));
      if (!options.json()) {
        clear(out, terminal);
        out.println();
        ShownName.lines(last.report()).forEach(out::println);
      }
      out.flush();
      return last.report().agrees() ? 0 : 1;
    } catch (IllegalArgumentException e) {
      line.getErr().println(e.getMessage());
      return 2;
    } catch (Undiscovered e) {
      line.getErr().println(e.getMessage());
      return 1;
    }
  }

  private void show(Look look, PrintWriter out, boolean terminal) {
    NameReport report = look.report();
    if (options.json()) {
      try {
        out.println(MessageCodec.mapper().writeValueAsString(report));
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
      out.flush();
      return;
    }
    clear(out, terminal);
    look.changes().forEach(change -> out.println(ShownName.line(report.at(), change)));
    String now = ShownName.progress(look);
    if (terminal) {
      // drawn over by the next one; cut at the edge instead of wrapped
      out.print("\033[?7l" + now + "\033[?7h");
    } else if (!now.equals(progress)) {
      out.println(ShownName.time(report.at()) + "  " + now);
    }
    progress = now;
    out.flush();
  }

  private static void clear(PrintWriter out, boolean terminal) {
    if (terminal) {
      out.print("\r\033[K");
    }
  }
}
