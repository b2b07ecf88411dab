package dev.cutover.contract;

/** What a cutover may move: types of DNS records, and what a balancer shares traffic out to. */
public enum RecordType {
  A,
  AAAA,
  CNAME,
  HTTPS,
  TXT,
  /**
   * The servers of a backend, or target groups of a listener, that get new sessions; the set's name
   * is the backend's or listener's with a final dot, its values are the servers' names or the
   * groups' with their weights.
   */
  SERVER
}
