package dev.cutover.contract;

/** By what the rows come from the source to the target. Back they always come by the product. */
public enum ForwardMode {
  /** The product's own copy, capture and applier. */
  BUILTIN,
  /** PostgreSQL's own publication and subscription, set up, watched and drained by the product. */
  NATIVE,
  /** A tool of the team's own copies and streams; the product proves that it has caught up. */
  EXTERNAL
}
