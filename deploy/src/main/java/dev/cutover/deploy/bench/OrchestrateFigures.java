package dev.cutover.deploy.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cutover.contract.MessageCodec;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the benchmark of the orchestrator measured. Durations are in milliseconds.
 *
 * @param inputs answers of services that were decided in the measured time
 * @param samples inputs that led to a command at once: their times are the quantiles
 * @param floorP50Ms of a bare transaction: record in, record and offset out, no decision
 * @param journalRecords that the new instance folded
 * @param replayMs from its start until it took all partitions over
 * @param heapMiB in use after everything, broker and played services included
 */
record OrchestrateFigures(
    int cutovers,
    int completed,
    long tookMs,
    long inputs,
    double inputsPerSecond,
    int samples,
    double p50Ms,
    double p99Ms,
    double floorP50Ms,
    double floorP99Ms,
    long journalRecords,
    long replayMs,
    long heapMiB,
    int processors,
    String java) {

  void print(PrintStream out) {
    out.printf("%n%-28s %12s %12s %10s%n", "", "orchestrator", "floor", "ratio");
    out.printf(
        "%-28s %9.1f ms %9.1f ms %10.1f%n",
        "input to command, p50", p50Ms, floorP50Ms, p50Ms / floorP50Ms);
    out.printf(
        "%-28s %9.1f ms %9.1f ms %10.1f%n",
        "input to command, p99", p99Ms, floorP99Ms, p99Ms / floorP99Ms);
    out.printf("%n%-28s %d of %d in %.1f s%n", "completed", completed, cutovers, tookMs / 1000.0);
    out.printf(
        "%-28s %.0f/s, %d in all, %d of them followed by a command at once%n",
        "inputs", inputsPerSecond, inputs, samples);
    out.printf(
        "%-28s %d records of %d journals in %.1f s%n",
        "replay by a new instance", journalRecords, cutovers, replayMs / 1000.0);
    out.printf("%-28s %d MiB (broker and played services included)%n", "heap", heapMiB);
    out.printf("%-28s %d processors, Java %s%n", "on", processors, java);
    out.println(
        "The floor is one transaction on the same broker: a record in, a record and an offset out, nothing decided.");
  }

  void write(Path file) throws IOException {
    Files.writeString(
        file,
        MessageCodec.mapper().writer(SerializationFeature.INDENT_OUTPUT).writeValueAsString(this)
            + "\n");
  }
}
