package dev.cutover.sync.domain;

/** What the service's logins must or may be allowed in a database; in the order of their use. */
public enum DatabaseRight {
  /** Of the fencer. */
  CREATE_SCHEMA("make the schema cutover", "nothing can be prepared"),
  /** Of the fencer: through membership in the owners. */
  OWN_TABLES("put the fence's trigger on every table", "there is no fence"),
  /** Of the fencer. */
  PUBLISH("publish the plan's tables", "there is no stream"),
  /** Of the fencer: needed where the plan lets blockers be ended. */
  END_SESSIONS(
      "end the sessions that block the fence", "a forgotten transaction makes the fence fail"),
  /** Of the fencer. */
  SEE_SESSIONS(
      "see all sessions", "it can't be told who blocks the fence, or how old transactions are"),
  /** Of the fencer, to let an autovacuum give way at once (correctness.md 2.2). */
  SET_DEADLOCK_TIMEOUT("set deadlock_timeout", "an autovacuum can lengthen the fence by a second"),
  /** Of the fencer, by an event trigger (correctness.md 2.2). */
  REFUSE_SCHEMA_CHANGES(
      "refuse changes of the schema while fenced",
      "the fence refuses rows only: a new table takes writes until it is seen, within seconds, and"
          + " owners of tables can take the trigger away"),
  /** Of the applier. */
  REPLICATE("read the log by a replication slot", "there is no stream"),
  /** Of the applier: session_replication_role (data.md C6). */
  SKIP_TRIGGERS(
      "set session_replication_role",
      "rows are applied one by one, with foreign keys and triggers in force: foreign keys must be"
          + " deferrable, triggers must leave the applier out, and a copy that was cut off begins anew"),
  /** Of the applier, on the target of a plan with {@code forward: native}; from PostgreSQL 16. */
  SUBSCRIBE("make a subscription", "the servers can't replicate by themselves"),
  /** Of the applier, on the source of a plan with {@code forward: native} (data.md D1). */
  MARK_APPLIED(
      "mark what it applies by a replication origin",
      "what goes back to the source would come to the target again"),
  /** Of the applier: superusers' only, unless granted (data.md D2). */
  USE_ORIGINS(
      "use replication origins",
      "nothing is lost: loops are cut by the position that each applied transaction begins with"),
  /** Of the fencer. */
  SET_DATABASE_READ_ONLY(
      "set default_transaction_read_only for the database",
      "nothing is lost: any session can take it back, so the fence does not rely on it");

  private final String use;
  private final String loss;

  DatabaseRight(String use, String loss) {
    this.use = use;
    this.loss = loss;
  }

  /** What it is for, as follows "to". */
  public String use() {
    return use;
  }

  /** What is lost without it. */
  public String loss() {
    return loss;
  }

  /** Whether a cutover can't do without it. */
  public boolean isNeeded(boolean endBlockers) {
    return switch (this) {
      case CREATE_SCHEMA, OWN_TABLES, PUBLISH, SEE_SESSIONS, REPLICATE, SUBSCRIBE, MARK_APPLIED ->
          true;
      case END_SESSIONS -> endBlockers;
      case SET_DEADLOCK_TIMEOUT,
          REFUSE_SCHEMA_CHANGES,
          SKIP_TRIGGERS,
          USE_ORIGINS,
          SET_DATABASE_READ_ONLY ->
          false;
    };
  }

  /** Whether anything is lost without it. */
  public boolean isUsed() {
    return this != USE_ORIGINS && this != SET_DATABASE_READ_ONLY;
  }
}
