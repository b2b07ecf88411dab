package dev.cutover.sync.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;

/**
 * The same fence as the service's, as SQL for {@code psql}: what people run when nothing of this
 * product does. Pure. Every script can be run again.
 *
 * <p>A script raises the epoch by one, so that whatever is late or undead finds another one than it
 * expects; and it refuses to run on the wrong side, which it tells by the stream that is applied
 * there.
 */
final class BreakGlassScripts {
  static final String SET_MARK =
      """
      -- From now on every service refuses to change this database. Expected: UPDATE 1
      UPDATE cutover.writer SET manual = true, manual_by = session_user, manual_why = 'break glass',
             manual_at = clock_timestamp();
      """;

  static final String LIFT_MARK =
      """
      -- The services may change this database again. Expected: UPDATE 1
      UPDATE cutover.writer SET manual = false, manual_by = NULL, manual_why = NULL, manual_at = NULL;
      """;

  private final String cutover;
  private final String forward;
  private final String reverse;
  private final long margin;

  BreakGlassScripts(CutoverId cutover, ReplicationSpec spec) {
    this.cutover = CutoverSql.literal(cutover.value());
    this.forward = StreamName.of(spec, Direction.FORWARD);
    this.reverse = StreamName.of(spec, Direction.REVERSE);
    this.margin = Math.max(spec.sequenceMargin(), 1);
  }

  String readState() {
    return """
    -- Who may write here. Expected: one row. "opened" tells whether this side was opened since the
    -- cutover prepared it: if it was, it may hold writes of its own.
    SELECT state, epoch, opened_lsn IS NOT NULL AS opened, manual, cutover, step, at FROM cutover.writer;
    -- Up to where the other side's changes are applied here.
    SELECT stream, lsn AS applied, at, held FROM cutover.position ORDER BY stream;
    """;
  }

  /** The row, then each table in a transaction of its own, then the end of older transactions. */
  String fence(Side side) {
    return """
    -- Refuses every write to the %1$s, except the applier's. Expected at its end:
    --   NOTICE:  the %1$s refuses writes
    -- Run it again when it says that it was blocked: what it did so far stands.
    DO $break_glass$
    DECLARE
      fenced bigint; own xid; t text; blocked text; older bigint; prepared bigint;
    BEGIN
    %2$s
      UPDATE cutover.writer
         SET epoch = epoch + 1, state = 'FENCED', step = %3$s || '/break-glass/1',
             at = clock_timestamp(), by = session_user,
             lease_until = NULL, lease_epoch = NULL, lease_other = NULL, ends_at = NULL
       WHERE cutover = %3$s RETURNING epoch INTO fenced;
      IF fenced IS NULL THEN
        RAISE EXCEPTION 'Expected cutover %% to own this database, but it does not', %3$s;
      END IF;
      EXECUTE regexp_replace(regexp_replace(pg_get_functiondef('cutover.refuse_write()'::regprocedure),
        'epoch > [0-9]+', 'epoch > ' || fenced), 'clock_timestamp\\(\\) >= ''[^'']*''::timestamptz', 'false');
      EXECUTE regexp_replace(regexp_replace(pg_get_functiondef('cutover.refuse_ddl()'::regprocedure),
        'epoch > [0-9]+', 'epoch > ' || fenced), 'clock_timestamp\\(\\) >= ''[^'']*''::timestamptz', 'false');
      IF EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'cutover_ddl' AND pg_has_role(evtowner, 'USAGE')) THEN
        ALTER EVENT TRIGGER cutover_ddl ENABLE ALWAYS;
      END IF;
      COMMIT;
      FOR round IN 1..40 LOOP
        blocked := NULL;
        FOR t IN %4$s LOOP
          BEGIN
            PERFORM set_config('lock_timeout', '500ms', true);
            IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = t::regclass AND tgname = '00_cutover_fence') THEN
              EXECUTE format('%5$s', t);
            END IF;
            EXECUTE format('%6$s', t);
          EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
            blocked := t;
          END;
          COMMIT;
        END LOOP;
        EXIT WHEN blocked IS NULL;
      END LOOP;
      IF blocked IS NOT NULL THEN
        RAISE EXCEPTION 'Expected a lock on %%, but others hold it: end them (see pg_stat_activity), and run this again', blocked;
      END IF;
      own := pg_current_xact_id()::xid;
      COMMIT;
      FOR round IN 1..600 LOOP
        SELECT count(*) INTO older FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()
           AND backend_xid IS NOT NULL AND age(backend_xid) > age(own);
        SELECT count(*) INTO prepared FROM pg_prepared_xacts WHERE database = current_database();
        EXIT WHEN older + prepared = 0;
        PERFORM pg_sleep(0.1);
        COMMIT;
      END LOOP;
      IF older + prepared > 0 THEN
        RAISE EXCEPTION 'Expected older transactions to end, but %% run and %% are prepared: end them, and run this again', older, prepared;
      END IF;
      RAISE NOTICE 'the %1$s refuses writes';
    END $break_glass$;
    """
        .formatted(
            BreakGlassSql.word(side),
            guard(side),
            cutover,
            CutoverSql.UNFENCED_TABLES.strip().indent(10).strip(),
            CutoverSql.CREATE_TRIGGER,
            CutoverSql.ENABLE_TRIGGER);
  }

  String open(Side side) {
    return """
    -- Lets everybody write to the %1$s again. Only while the other side is FENCED (read-state.sql), or is
    -- cut off for good. Expected:
    --   NOTICE:  the %1$s takes writes
    DO $break_glass$
    DECLARE
      opened bigint;
    BEGIN
    %2$s
      UPDATE cutover.writer
         SET epoch = epoch + 1, state = 'OPEN', step = %3$s || '/break-glass/1',
             at = clock_timestamp(), by = session_user,
             lease_until = NULL, lease_epoch = NULL, lease_other = NULL, ends_at = NULL,
             opened_lsn = COALESCE(opened_lsn, pg_current_wal_insert_lsn())
       WHERE state = 'FENCED' AND cutover = %3$s RETURNING epoch INTO opened;
      IF opened IS NULL AND NOT EXISTS (SELECT FROM cutover.writer WHERE state = 'OPEN' AND cutover = %3$s) THEN
        RAISE EXCEPTION 'Expected cutover %% to own this database, but it does not', %3$s;
      END IF;
      RAISE NOTICE 'the %1$s takes writes';
    END $break_glass$;
    """
        .formatted(BreakGlassSql.word(side), guard(side), cutover);
  }

  /** What is applied on one side is the other side's stream. */
  private String guard(Side side) {
    return """
      IF EXISTS (SELECT FROM cutover.position WHERE stream = %s) THEN
        RAISE EXCEPTION 'Expected the %s, but this is the %s: nothing was done';
      END IF;"""
        .indent(2)
        .stripTrailing()
        .formatted(
            CutoverSql.literal(side == Side.SOURCE ? forward : reverse),
            BreakGlassSql.word(side),
            BreakGlassSql.word(side.other()));
  }

  String printApplied() {
    return """
    -- Up to where the source has the target's changes.
    SELECT lsn FROM cutover.position WHERE stream = %s;
    """
        .formatted(CutoverSql.literal(reverse));
  }

  String printSequences() {
    return """
    -- Prints statements that set the other side's sequences %1$d ahead of this side's; never back.
    SELECT format('SELECT setval(%%L::regclass, %%s) FROM %%s v WHERE %%s * (%%s - v.last_value) > 0;',
             s.name, s.wanted, s.name, sign(s.increment_by), s.wanted)
      FROM (SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename) AS name, increment_by,
                   GREATEST(min_value, LEAST(max_value, last_value + increment_by * %1$d)) AS wanted
              FROM pg_sequences
             WHERE last_value IS NOT NULL AND schemaname NOT IN ('pg_catalog', 'information_schema', 'cutover')) s
     ORDER BY s.name;
    """
        .formatted(margin);
  }

  /** Up to the opening the target took nothing but the applier's rows, which the source has. */
  String drainFrom() {
    return """
    -- Before the source subscribes: the slot begins behind what the source has already.
    -- Variable applied: what read-state.sql says of %1$s on the source. Expected:
    --   NOTICE:  the target's changes are kept from ...
    SELECT set_config('cutover.applied', :'applied', false);
    DO $break_glass$
    DECLARE
      since pg_lsn; slot record;
    BEGIN
    %2$s
      IF (SELECT state <> 'FENCED' FROM cutover.writer) THEN
        RAISE EXCEPTION 'Expected the target to be fenced first, but it takes writes';
      END IF;
      IF EXISTS (SELECT FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
                  WHERE p.pubname = %1$s AND to_jsonb(r) ->> 'prattrs' IS NOT NULL) THEN
        RAISE EXCEPTION 'Expected whole rows in the publication, but columns are left out of it: start the sync-service to drain';
      END IF;
      SELECT * INTO slot FROM pg_replication_slots WHERE slot_name = %1$s;
      IF slot.slot_name IS NULL OR slot.wal_status = 'lost' THEN
        RAISE EXCEPTION 'Expected slot %% to keep the changes, but it is gone or lost', %1$s;
      END IF;
      IF slot.active THEN
        RAISE EXCEPTION 'Expected nobody to read slot %%, but pid %% does: stop the sync-service', %1$s, slot.active_pid;
      END IF;
      SELECT GREATEST(current_setting('cutover.applied')::pg_lsn, opened_lsn) INTO since FROM cutover.writer;
      IF since > slot.confirmed_flush_lsn THEN
        PERFORM pg_replication_slot_advance(slot.slot_name, since);
      END IF;
      RAISE NOTICE 'the target''s changes are kept from %% on', GREATEST(since, slot.confirmed_flush_lsn);
    END $break_glass$;
    """
        .formatted(CutoverSql.literal(reverse), guard(Side.TARGET));
  }

  String subscribe() {
    return """
    -- The fenced source takes the target's changes by PostgreSQL's own replication.
    -- Variable target: how the source's server reaches the target, with user and password of a role
    -- that may replicate. Expected: CREATE SUBSCRIPTION
    DELETE FROM cutover.marker WHERE id <> 'hb' AND id NOT LIKE '%%:%%'; -- both sides may have one of that name
    SELECT format('CREATE SUBSCRIPTION "%1$s_drain" CONNECTION %%L PUBLICATION "%1$s"'
             || ' WITH (slot_name = %%L, create_slot = false, copy_data = false)', :'target', '%1$s')
     WHERE NOT EXISTS (SELECT FROM pg_subscription WHERE subname = '%1$s_drain') \\gexec
    """
        .formatted(reverse);
  }

  String marker() {
    return """
    -- Marks the end of the target's changes, and prints where that is.
    DELETE FROM cutover.marker WHERE id = 'break-glass';
    INSERT INTO cutover.marker VALUES ('break-glass', clock_timestamp());
    SELECT pg_current_wal_lsn();
    """;
  }

  String awaitMarker() {
    return """
    -- Waits until the source has everything, and ends the subscription. Variable until: what
    -- drain-3-target.sql printed. Expected: DROP SUBSCRIPTION, after
    --   NOTICE:  the source has every write of the target
    -- If it waits in vain, the source server's log says which change could not be applied.
    SELECT set_config('cutover.until', :'until', false);
    DO $break_glass$
    BEGIN
    %1$s
      FOR round IN 1..6000 LOOP
        EXIT WHEN EXISTS (SELECT FROM cutover.marker WHERE id = 'break-glass')
              AND NOT EXISTS (SELECT FROM pg_subscription s LEFT JOIN pg_stat_subscription t ON t.subid = s.oid
                               WHERE s.subname = '%2$s_drain'
                                 AND COALESCE(t.latest_end_lsn, '0/0') < current_setting('cutover.until')::pg_lsn);
        IF round = 6000 THEN
          RAISE EXCEPTION 'Expected the target''s last change within ten minutes, but it did not come: see the server''s log';
        END IF;
        PERFORM pg_sleep(0.1);
        COMMIT;
      END LOOP;
      RAISE NOTICE 'the source has every write of the target';
    END $break_glass$;
    SELECT unnest(ARRAY['ALTER SUBSCRIPTION "%2$s_drain" DISABLE',
                        'ALTER SUBSCRIPTION "%2$s_drain" SET (slot_name = NONE)',
                        'DROP SUBSCRIPTION "%2$s_drain"'])
     WHERE EXISTS (SELECT FROM pg_subscription WHERE subname = '%2$s_drain') \\gexec
    """
        .formatted(guard(Side.SOURCE), reverse);
  }

  static String printEnd() {
    return """
    -- How far this side's log goes.
    SELECT pg_current_wal_lsn();
    """;
  }

  static String goOn() {
    return """
    -- Both sides are fenced and alike: the product's own stream to this side, if it is ever started
    -- again, goes on behind all that the other side has. Variable end: its print-end.sql.
    -- Expected: UPDATE 1
    UPDATE cutover.position SET lsn = GREATEST(lsn, :'end'::pg_lsn), at = clock_timestamp();
    """;
  }
}
