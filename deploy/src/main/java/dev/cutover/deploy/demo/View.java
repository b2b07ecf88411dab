package dev.cutover.deploy.demo;

import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.CutoverStatus.Progress;
import dev.cutover.contract.CutoverStatus.StepStatus;
import dev.cutover.contract.Direction;
import dev.cutover.contract.HealthReported;
import dev.cutover.contract.ReplicationMeasured;
import dev.cutover.contract.Side;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Shows an act while it runs: on a terminal a picture that is drawn again four times a second,
 * elsewhere a line for each change and one every five seconds.
 */
final class View implements AutoCloseable {
  private static final Duration REDRAWN_EVERY = Duration.ofMillis(250);
  private static final long LINE_EVERY_MS = 5000;
  private static final int WIDTH = 118;

  private final String title;
  private final Observer observer;
  private final Clients clients;
  private final Supplier<String> dnsAnswer;
  private final PrintStream out;
  private final boolean terminal;
  private final Instant started = Instant.now();
  private final Rates rates;
  private final Thread thread;
  private volatile boolean closed;
  private volatile String note = "";
  private int drawn;
  private String lastChange = "";
  private String lastReason = "";
  private long lastLineAt;

  /** Begins to show. {@code dnsAnswer} says what the DNS server answers at this moment. */
  View(
      String title,
      Observer observer,
      Clients clients,
      Supplier<String> dnsAnswer,
      PrintStream out,
      boolean terminal) {
    this.title = title;
    this.observer = observer;
    this.clients = clients;
    this.rates = new Rates(clients);
    this.dnsAnswer = dnsAnswer;
    this.out = out;
    this.terminal = terminal;
    this.thread = Thread.ofPlatform().name("view").daemon().start(this::show);
  }

  /** Says something beside what the cutover says, such as that a fault was injected. */
  void note(String sentence) {
    note = sentence;
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    draw();
  }

  private void show() {
    while (!closed) {
      draw();
      try {
        Thread.sleep(REDRAWN_EVERY);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private synchronized void draw() {
    rates.sample();
    if (terminal) {
      drawPicture();
    } else {
      printLine();
    }
  }

  private void drawPicture() {
    // A terminal that is narrower cuts lines off instead of wrapping them: the picture stays in
    // place.
    StringBuilder text = new StringBuilder("\033[?7l");
    if (drawn > 0) {
      text.append("\033[").append(drawn).append('A');
    }
    List<String> lines = picture();
    for (String line : lines) {
      text.append("\033[2K")
          .append(line.length() > WIDTH ? line.substring(0, WIDTH - 1) + "…" : line)
          .append('\n');
    }
    drawn = lines.size();
    out.print(text.append("\033[?7h"));
    out.flush();
  }

  private List<String> picture() {
    List<String> lines = new ArrayList<>();
    lines.add("── %s ── %s ".formatted(title, clock()) + "─".repeat(40));
    lines.add(row("phase", phase() + (note.isEmpty() ? "" : "   [" + note + "]")));
    lines.add(
        row(
            "waits for",
            observer.status().map(CutoverStatus::waitingFor).orElse("the orchestrator")));
    List<StepStatus> steps = observer.status().map(CutoverStatus::steps).orElse(List.of());
    lines.add(
        row(
            "step",
            steps.stream()
                .filter(s -> s.progress() == Progress.SENT)
                .map(View::named)
                .collect(Collectors.joining(", "))));
    lines.add(
        row(
            "done",
            steps.stream()
                    .filter(s -> s.progress() == Progress.DONE)
                    .sorted(
                        (a, b) ->
                            b.endedAt()
                                .orElse(Instant.EPOCH)
                                .compareTo(a.endedAt().orElse(Instant.EPOCH)))
                    .limit(5)
                    .map(View::named)
                    .collect(Collectors.joining(", "))
                + " (%d of %d)"
                    .formatted(
                        steps.stream().filter(s -> s.progress() == Progress.DONE).count(),
                        steps.size())));
    lines.add(
        row(
            "failed",
            steps.stream()
                .filter(s -> s.progress() == Progress.FAILED)
                .map(s -> s.step() + ": " + s.detail())
                .collect(Collectors.joining(", "))));
    lines.add(row("DNS", dnsAnswer.get() + "; clients' caches hold " + clients.addresses()));
    lines.add(row("", "%-34s%s".formatted("source", "target")));
    lines.add(
        row("writes/s", "%-34s%s".formatted(rates.writes(Side.SOURCE), rates.writes(Side.TARGET))));
    lines.add(
        row("reads/s", "%-34s%s".formatted(rates.reads(Side.SOURCE), rates.reads(Side.TARGET))));
    lines.add(
        row(
            "streams",
            "forward %s, reverse %s"
                .formatted(stream(Direction.FORWARD), stream(Direction.REVERSE))));
    lines.add(
        row(
            "monitor",
            observer
                .health()
                .map(h -> h.verdict() + ": " + h.detail())
                .orElse("not watching yet")));
    return lines;
  }

  private void printLine() {
    List<StepStatus> steps = observer.status().map(CutoverStatus::steps).orElse(List.of());
    String running =
        steps.stream()
            .filter(s -> s.progress() == Progress.SENT)
            .map(StepStatus::step)
            .collect(Collectors.joining(", "));
    String change = state() + "|" + running + "|" + note;
    long now = System.nanoTime() / 1_000_000;
    if (change.equals(lastChange) && now - lastLineAt < LINE_EVERY_MS) {
      return;
    }
    lastChange = change;
    lastLineAt = now;
    String reason = observer.status().map(CutoverStatus::reason).orElse("");
    if (!reason.equals(lastReason)) {
      lastReason = reason;
      out.println("%s %s  because: %s".formatted(title, clock(), reason));
    }
    out.println(
        "%s %s  %s%s  writes/s: source %s, target %s  streams: forward %s, reverse %s%s%s"
            .formatted(
                title,
                clock(),
                state(),
                running.isEmpty() ? "" : " " + running,
                rates.writes(Side.SOURCE),
                rates.writes(Side.TARGET),
                stream(Direction.FORWARD),
                stream(Direction.REVERSE),
                observer
                    .health()
                    .map(HealthReported::verdict)
                    .map(v -> "  monitor: " + v)
                    .orElse(""),
                note.isEmpty() ? "" : "  [" + note + "]"));
    out.flush();
  }

  private String phase() {
    String reason = observer.status().map(CutoverStatus::reason).orElse("");
    return state() + (reason.isEmpty() ? "" : ", because: " + reason);
  }

  private String state() {
    return observer
        .status()
        .map(
            s ->
                s.state()
                    + s.serving()
                        .map(side -> ", serving: " + side)
                        .orElse(", NO SIDE TAKES WRITES"))
        .orElse("starting");
  }

  private String clock() {
    long seconds = Duration.between(started, Instant.now()).toSeconds();
    return "%d:%02d".formatted(seconds / 60, seconds % 60);
  }

  private static String row(String name, String value) {
    return " %-10s %s".formatted(name, value);
  }

  private static String named(StepStatus step) {
    if (step.sentAt().isEmpty()) {
      return step.step();
    }
    long ms =
        Duration.between(step.sentAt().get(), step.endedAt().orElseGet(Instant::now)).toMillis();
    return "%s (%s, %s)"
        .formatted(
            step.step(),
            step.service(),
            ms < 1000 ? ms + " ms" : String.format(Locale.ROOT, "%.1f s", ms / 1000.0));
  }

  private String stream(Direction direction) {
    return observer.stream(direction).map(View::lag).orElse("not running");
  }

  private static String lag(ReplicationMeasured measured) {
    return !measured.running()
        ? "down: " + measured.error()
        : measured.lagMs() < 0 ? "lag unknown" : "lag " + measured.lagMs() + " ms";
  }
}
