package dev.cutover.contract;

/** What a cutover may move: types of DNS records, and servers of a balancer's backend. */
public enum RecordType {
  A,
  AAAA,
  CNAME,
  HTTPS,
  TXT,
  /**
   * The servers of a backend that get new sessions; the set's name is the backend's with a final
   * dot, its values are the servers' names with their weights.
   */
  SERVER
}
