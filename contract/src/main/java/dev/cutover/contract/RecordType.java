package dev.cutover.contract;

/** Types of DNS records that a cutover may move. */
public enum RecordType {
  A,
  AAAA,
  CNAME,
  HTTPS,
  TXT
}
