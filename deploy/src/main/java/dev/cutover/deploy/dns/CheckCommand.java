package dev.cutover.deploy.dns;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cutover.contract.MessageCodec;
import dev.cutover.dns.NameCheck;
import dev.cutover.dns.adapter.DnsjavaProbe;
import dev.cutover.dns.domain.proof.Inquiry;
import dev.cutover.dns.domain.proof.NameReport;
import dev.cutover.dns.domain.proof.Undiscovered;
import dev.cutover.dns.domain.proof.WatchMemory;
import dev.cutover.runtime.Pace;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** One look at a name from all sides. */
@Command(
    name = "check",
    description = {
      "Finds every authority of a name, asks each address over UDP and TCP, then the resolvers, and"
          + " says what each serves.",
      "Resolvers are asked only once the authorities agree: one that is asked before remembers what"
          + " it gets. Exit code 0 when everything agrees, 1 when not, 2 for what can't be"
          + " understood."
    },
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private NameOptions options = new NameOptions();

  @Override
  public Integer call() throws InterruptedException, JsonProcessingException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = line.getOut();
    try {
      Inquiry inquiry = options.inquiry();
      NameReport report =
          new NameCheck(new DnsjavaProbe(), options.start(), InstantSource.system(), Pace.MACHINE)
              .look(inquiry, WatchMemory.empty(false))
              .report();
      if (options.json()) {
        out.println(
            MessageCodec.mapper()
                .writer(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(report));
      } else {
        ShownName.lines(report).forEach(out::println);
      }
      out.flush();
      return report.agrees() ? 0 : 1;
    } catch (IllegalArgumentException e) {
      line.getErr().println(e.getMessage());
      return 2;
    } catch (Undiscovered e) {
      line.getErr().println(e.getMessage());
      return 1;
    }
  }
}
