package dev.cutover.sync.adapter;

import dev.cutover.contract.CopyMeasured.CopyState;
import dev.cutover.contract.CopyTerms;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.BinaryTypes;
import dev.cutover.sync.domain.CopyProgress;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.SchemaWork.Build;
import dev.cutover.sync.domain.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Copies tables by COPY from one exported snapshot, on several connections at once, without looking
 * into the rows (data.md 5a), and makes what belongs to each table as soon as its rows are there.
 *
 * <p>Binary where all types of a table are proven to be the same on both sides ({@link
 * BinaryTypes}), text with pinned session settings otherwise (data.md C18). Tables are cut into
 * ranges of blocks, partitioned ones into their partitions; one queue holds all of it, the biggest
 * first. Where foreign keys and triggers are in the way and cannot be switched off, one connection
 * copies whole tables instead, each after those that it refers to.
 */
final class PostgresCopy {
  private static final long TICK_MS = 1000;

  private final CopyPlaces places;
  private final CopyRecord record;
  private final SchemaFinish finish;
  private final Consumer<CopyProgress> progress;
  private final CopyTally tally = new CopyTally();
  private final CopyQueue queue = new CopyQueue();
  private final AtomicInteger piecesLeft = new AtomicInteger();

  /**
   * @param record where it is written down which tables are complete
   * @param finish what follows the rows
   * @param progress told about once a second, and at the end
   */
  PostgresCopy(
      CopyPlaces places, CopyRecord record, SchemaFinish finish, Consumer<CopyProgress> progress) {
    this.places = places;
    this.record = record;
    this.finish = finish;
    this.progress = progress;
  }

  /**
   * What is to be copied.
   *
   * @param shapes all tables
   * @param complete those among them whose rows are there
   * @param snapshot exported, and valid until {@code imported} is called
   * @param start what commits after this is not in the snapshot
   * @param imported called when every worker has the snapshot: it keeps dead rows on the source
   *     (data.md B14)
   */
  record Order(
      Collection<TableShape> shapes,
      Set<TableName> complete,
      String snapshot,
      Lsn start,
      Imported imported,
      int workers,
      CopyTerms terms) {}

  /** Told that the exported snapshot need not be held any longer. */
  @FunctionalInterface
  interface Imported {
    void run() throws SQLException;
  }

  /** A table on its way. */
  private record Way(
      TableShape shape,
      CopyTally.Counter counter,
      List<CopyPieces.Piece> pieces,
      List<Build> builds,
      AtomicInteger piecesLeft,
      AtomicInteger buildsLeft,
      boolean isBinary,
      long size,
      long rank) {}

  /**
   * Copies; returns when every row is committed, and indexes, keys and statistics are there. Tables
   * that are not complete must be empty.
   *
   * @throws ReplicationFailed when either side refuses, with the table
   */
  void run(Order order) throws InterruptedException, ReplicationFailed {
    List<CopySession> team = new ArrayList<>();
    try (CopyThrottle throttle = new CopyThrottle(order.terms(), places.watcher())) {
      begin(order, team, throttle);
      CountDownLatch done = new CountDownLatch(1);
      Thread ticker = Thread.ofVirtual().name("copy-progress").start(() -> tick(done, throttle));
      try {
        queue.run(team);
      } finally {
        done.countDown();
        ticker.join();
      }
      progress.accept(tally.progress(throttle::isWaiting));
    } finally {
      team.forEach(CopySession::close);
    }
  }

  private void begin(Order order, List<CopySession> team, CopyThrottle throttle)
      throws ReplicationFailed {
    try {
      CopySession first = new CopySession(places, order.snapshot());
      team.add(first);
      boolean isFree = first.isFree() || !isGuarded(first.target(), order.shapes());
      for (int i = 1; isFree && i < order.workers(); i++) {
        team.add(new CopySession(places, order.snapshot()));
      }
      for (CopySession session : team) {
        // While the snapshot is surely held.
        session.source();
        session.target();
      }
      order.imported().run();
      plan(order, first, isFree, throttle);
    } catch (SQLException e) {
      throw new ReplicationFailed("The copy could not begin: " + e.getMessage(), e);
    }
  }

  long rows() {
    return tally.rows();
  }

  long bytes() {
    return tally.bytes();
  }

  Map<TableName, Long> perTable() {
    return tally.perTable();
  }

  private void tick(CountDownLatch done, CopyThrottle throttle) {
    try {
      while (!done.await(TICK_MS, TimeUnit.MILLISECONDS)) {
        progress.accept(tally.progress(throttle::isWaiting));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether triggers or foreign keys act on what is written; the fence's lets the writer pass. */
  private static boolean isGuarded(Connection target, Collection<TableShape> shapes)
      throws SQLException {
    for (TableShape shape : shapes) {
      if (PostgresSql.query(
              target,
              "SELECT 1 FROM pg_trigger WHERE tgrelid = to_regclass(?) AND tgname <> '00_cutover_fence' AND tgenabled <> 'D'",
              PostgresSql.quote(shape.table()))
          .isPresent()) {
        return true;
      }
    }
    return false;
  }

  private void plan(Order order, CopySession session, boolean isFree, CopyThrottle throttle)
      throws SQLException {
    Connection source = session.source();
    int sourceVersion = source.getMetaData().getDatabaseMajorVersion();
    int targetVersion = session.target().getMetaData().getDatabaseMajorVersion();
    Map<TableName, List<Build>> builds = new HashMap<>(finish.builds());
    long rank = Long.MAX_VALUE;
    for (TableShape shape :
        isFree ? order.shapes() : AppliedTables.parentsFirst(session.target(), order.shapes())) {
      CopyPieces pieces = CopyPieces.of(source, shape, isFree);
      List<Build> own = Optional.ofNullable(builds.remove(shape.table())).orElse(List.of());
      Way way =
          new Way(
              shape,
              tally.table(shape.table(), pieces.rowsExpected(), pieces.size()),
              pieces.pieces(),
              own,
              new AtomicInteger(pieces.pieces().size()),
              new AtomicInteger(own.size()),
              BinaryTypes.areProven(
                  shape.columns().stream().map(TableShape.Column::base).toList(),
                  sourceVersion,
                  targetVersion),
              pieces.size(),
              isFree ? pieces.size() : rank--);
      if (order.complete().contains(shape.table())) {
        finish(way);
      } else {
        CopyPump pump = new CopyPump(throttle, way.counter());
        piecesLeft.addAndGet(way.pieces().size());
        for (CopyPieces.Piece piece : way.pieces()) {
          queue.add(
              "Table %s could not be copied".formatted(shape.table()),
              way.rank(),
              worker -> copy(worker, way, piece, pump, order.start()));
        }
      }
    }
    builds.values().stream()
        .flatMap(List::stream)
        .forEach(
            build ->
                queue.add(
                    "%s could not be made".formatted(build.item()),
                    0,
                    worker -> {
                      SchemaFinish.index(worker.owner(), build);
                      SchemaFinish.constraint(worker.owner(), build);
                    }));
  }

  private void copy(CopySession session, Way way, CopyPieces.Piece piece, CopyPump pump, Lsn start)
      throws SQLException, InterruptedException {
    way.counter().is(CopyState.COPYING);
    Connection target = session.target();
    pump.copy(session.source(), target, piece, way.shape(), way.isBinary());
    boolean isLast;
    // Of a table's last pieces one must know that it is the last: it writes that down as it
    // commits.
    synchronized (way) {
      isLast = way.piecesLeft().get() == 1;
      if (isLast) {
        record.complete(target, way.shape().table(), start);
      }
      target.commit();
      way.piecesLeft().decrementAndGet();
    }
    piecesLeft.decrementAndGet();
    if (isLast) {
      finish(way);
    }
  }

  /** The rows are there. */
  private void finish(Way way) {
    way.counter().is(CopyState.FINISHING);
    if (way.builds().isEmpty()) {
      complete(way);
      return;
    }
    for (Build build : way.builds()) {
      queue.add(
          "%s could not be made".formatted(build.item()),
          way.size(),
          session -> {
            letGo(session);
            SchemaFinish.index(session.owner(), build);
            if (way.buildsLeft().decrementAndGet() == 0) {
              complete(way);
            }
          });
    }
  }

  private void letGo(CopySession session) throws SQLException {
    if (piecesLeft.get() == 0) {
      session.releaseSource();
    }
  }

  private void complete(Way way) {
    TableName table = way.shape().table();
    queue.add(
        "Table %s could not be finished".formatted(table),
        way.size(),
        session -> {
          letGo(session);
          for (Build build : way.builds()) {
            SchemaFinish.constraint(session.owner(), build);
          }
          // Statistics are not copied; without them the first minute is the worst (data.md C15).
          PostgresSql.execute(session.owner(), "ANALYZE " + PostgresSql.quote(table));
          way.counter().is(CopyState.DONE);
        });
  }
}
