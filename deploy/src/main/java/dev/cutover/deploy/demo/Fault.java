package dev.cutover.deploy.demo;

/** What a side of the shop suffers from. */
enum Fault {
  /** Nothing. */
  NONE,
  /** Three of ten requests are answered with 500. */
  ERRORS,
  /** Each request takes a quarter of a second longer. */
  LATENCY,
  /** Checkout fails; the rest works. */
  CRITICAL
}
