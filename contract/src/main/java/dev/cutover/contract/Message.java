package dev.cutover.contract;

/** Anything that travels between services. */
public sealed interface Message permits Command, Event, Request, Outsider {
  /** The cutover that this is about; the Kafka key. */
  CutoverId cutover();
}
