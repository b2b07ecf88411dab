package dev.cutover.monitor.domain;

/** Keeps what one watch sees and says. Never waits and never throws: a watch must not suffer. */
public interface Recorder extends AutoCloseable {
  /** Keeps nothing. */
  Recorder NONE =
      new Recorder() {
        @Override
        public void add(Recorded line) {}

        @Override
        public void close() {}
      };

  /** Takes the next line; by one thread at a time. */
  void add(Recorded line);

  /** Ends it; what was taken is kept, unless that takes more than a second. */
  @Override
  void close();

  /** Begins recordings. */
  @FunctionalInterface
  interface Recorders {
    /** Keeps none. */
    Recorders NONE = _ -> Recorder.NONE;

    /** Begins the recording of a watch with its first line. */
    Recorder begin(Recorded.Began first);
  }
}
