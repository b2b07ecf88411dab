package dev.cutover.dns.elb;

/** A request that the API answers with an error. */
final class Refused extends Exception {
  private final int status;
  private final String code;

  Refused(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** HTTP 400, which is what nearly all errors of this API have (service model). */
  Refused(String code, String message) {
    this(400, code, message);
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }
}
