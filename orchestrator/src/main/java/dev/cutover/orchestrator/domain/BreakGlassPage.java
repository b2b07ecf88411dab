package dev.cutover.orchestrator.domain;

import dev.cutover.contract.ReplicationSpec;
import java.util.Optional;

/**
 * The page of cases in a break-glass bundle. Every command on it is complete: people copy it, and a
 * test runs it as it stands. Names of files are those of {@link BreakGlass}.
 */
final class BreakGlassPage {
  private final Plan plan;
  private final Optional<ReplicationSpec> data;
  private final BreakGlassTraffic traffic;

  /**
   * Makes it.
   *
   * @param revert whether the bundle has the switch's way back as a file
   */
  BreakGlassPage(Plan plan, boolean revert) {
    this.plan = plan;
    this.data = plan.data();
    this.traffic = new BreakGlassTraffic(plan.trafficSwitch(), revert);
  }

  String text() {
    return head() + (data.isPresent() ? withData() : trafficOnly()) + tail();
  }

  private String head() {
    return """
    # Break glass: cutover %s

    For the moment in which nothing of Cutover answers and production has no writable side, or the
    wrong one. This page needs %s, and no part of Cutover, Kafka included.
    It holds no secret: passwords and keys come from where your team keeps them.
    Run the commands in this directory, in `bash`, one block after the other. A command that does not say
    what is expected has not done its work: stop there, read what it says, and run it again.

    """
        .formatted(
            plan.id(),
            data.isEmpty()
                ? traffic.tools()
                : plan.trafficSwitch().isPresent() ? "`psql`, " + traffic.tools() : "`psql`");
  }

  private String withData() {
    return """
    ## 1. Connect

    Passwords: a file that PGPASSFILE names, or type them. `SOURCE` and `TARGET` are in `connect.env`.
    %s
    ```sh
    set -o pipefail
    . ./connect.env
    run() { psql -X -v ON_ERROR_STOP=1 "$@"; }
    print() { psql -XAtq -v ON_ERROR_STOP=1 "$@"; }
    ```

    ## 2. Take over

    Marks both databases: whatever of Cutover still runs, or comes back, changes nothing from now on.
    A side that does not answer is left out.

    ```sh
    run "$SOURCE" -f set-manual-mark.sql
    run "$TARGET" -f set-manual-mark.sql
    ```

    Expected: `UPDATE 1`, twice.

    ## 3. Look

    ```sh
    run "$SOURCE" -f read-state.sql
    run "$TARGET" -f read-state.sql
    ```
    %s
    ## 4. Find the case

    | source | target | target "opened" | case |
    |---|---|---|---|
    | OPEN | FENCED | any | A: the source serves |
    | FENCED | FENCED | f | B: between fence and opening |
    | FENCED | OPEN | t | C: the target serves |
    | FENCED | FENCED | t | D: on the way back |
    | OPEN | OPEN | t | E: both take writes |
    | any | does not answer | unknown | F: the target is gone |
    | does not answer | any | any | G: the source is gone |

    ## Case A: the source serves

    Nothing has to be done to the databases.%s

    ## Case B: between fence and opening

    The target has taken no write of anybody: nothing has to be brought back.

    ```sh
    %srun "$SOURCE" -f open-source.sql
    ```

    Expected: `NOTICE:  the source takes writes`.

    ## Case C: the target serves

    It takes writes: there is no outage. If it is healthy, leave it, and go on at 5. If it must be left,
    its writes go to the source first, by PostgreSQL's own replication; no acknowledged write is lost.
    Both sides refuse writes meanwhile.

    The source's server must reach the target: set how, with a role there that may replicate (the
    password of this line is kept in the source's catalog until the drain is over). The login of
    `SOURCE` must be a superuser, or have `pg_create_subscription` (from PostgreSQL 16 on).

        export TARGET_FROM_SOURCE="host=%s port=%d dbname=%s user=... password=..."

    ```sh
    run "$TARGET" -f fence-target.sql
    ```

    Expected: `NOTICE:  the target refuses writes`. Then case D.

    ## Case D: on the way back

    The target may hold writes that the source has not. `TARGET_FROM_SOURCE` as in case C.

    ```sh
    APPLIED=$(print "$SOURCE" -f print-applied.sql) &&
    run -v applied="$APPLIED" "$TARGET" -f drain-1-target.sql &&
    run -v target="$TARGET_FROM_SOURCE" "$SOURCE" -f drain-2-source.sql &&
    UNTIL=$(print "$TARGET" -f drain-3-target.sql) &&
    run -v until="$UNTIL" "$SOURCE" -f drain-4-source.sql &&
    SOURCE_END=$(print "$SOURCE" -f print-end.sql) &&
    TARGET_END=$(print "$TARGET" -f print-end.sql) &&
    run -v end="$SOURCE_END" "$TARGET" -f drain-5-both.sql &&
    run -v end="$TARGET_END" "$SOURCE" -f drain-5-both.sql &&
    print "$TARGET" -f print-sequences.sql | run -q "$SOURCE" &&
    run "$SOURCE" -f open-source.sql%s
    ```

    Expected, in this order: `the target's changes are kept from ...`, `CREATE SUBSCRIPTION`,
    `the source has every write of the target`, `DROP SUBSCRIPTION`, `UPDATE 1` twice, the sequences, `the source
    takes writes`. If the drain can't be finished, the target may serve again instead, as long as traffic goes
    there; nothing is lost by that:

        run "$TARGET" -f open-target.sql
    %s
    ## Case E: both take writes

    Somebody has opened a side by hand. Fence the one that traffic does not go to, at once
    (`fence-source.sql` or `fence-target.sql`), and keep both databases: rows that both have
    changed must be compared by people. Do not drain.

    ## Case F: the target is gone

    If the target was never opened, or you know that case B was true before, do what case B says. If
    it took writes, those that had not reached the source are lost the moment the source opens: two people
    decide. Cut the target off the network for good first; its sequences may have run ahead, so the
    source's are raised.

    ```sh
    %sprint "$SOURCE" -f print-sequences.sql | run -q "$SOURCE" &&
    run "$SOURCE" -f open-source.sql
    ```

    ## Case G: the source is gone

    If the target is OPEN, it serves. If it is FENCED and its data was validated, two people may decide to
    open it (`open-target.sql`) once the source is cut off for good; what the source had
    acknowledged and not sent is lost by that. Traffic has to go there by your provider's own tools.

    """
        .formatted(
            traffic.credentials(),
            traffic.dig(),
            traffic.revertIfAstray(),
            traffic.revert(),
            data.orElseThrow().target().host(),
            data.orElseThrow().target().port(),
            data.orElseThrow().target().database(),
            traffic.revertAfterwards(),
            policy(),
            traffic.revert())
        .replace("\n\n\n", "\n\n");
  }

  /** What the plan says of writes that the target took. */
  private String policy() {
    return switch (plan.rollback().way()) {
      case REVERSE_SYNC -> "";
      case MANUAL_REVIEW ->
          "\nThe plan wants two people to look at these writes before the source gets them: decide first.\n";
      case ACCEPT_LOSS ->
          "\nThe plan accepts to lose these writes: the lines with APPLIED, UNTIL and drain may be left out.\n";
      case FIX_FORWARD ->
          "\nThe plan has no way back once the target is open: without a reverse slot nothing can be drained. Mend the target.\n";
    };
  }

  private String trafficOnly() {
    return """
    ## 1. Connect

    %s
    ## 2. Look
    %s
    ## Case B: traffic goes to the target

    ```sh
    %s```

    Expected: %s

    """
        .formatted(
            traffic.credentials(), traffic.dig(), traffic.revert(), traffic.revertExpected());
  }

  private String tail() {
    String lift =
        (data.isPresent()
                ? """
                run "$SOURCE" -f lift-manual-mark.sql
                run "$TARGET" -f lift-manual-mark.sql
                """
                : "")
            + traffic.liftMark();
    return """
    ## 5. Hand back

    Only when Cutover runs again and people want it in charge.%s Then let an administrator run
    `./cutover adopt %s --reason "..."`: it reads both sides and goes on from what it finds.

    ```sh
    %s```
    """
        .formatted(traffic.liftMarkNote(), plan.id(), lift);
  }
}
