package dev.cutover.deploy.demo;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Side;
import dev.cutover.runtime.EmbeddedBroker;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.TopicAdmin;
import dev.cutover.runtime.Topics;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that is not Cutover itself: a Kafka broker, two PostgreSQL servers, an authoritative DNS
 * server, the shop on two addresses with the same port, and customers who find it through DNS.
 * Everything real, everything on this machine.
 */
public final class Stage implements AutoCloseable {
  static final String ZONE = "demo.test.";
  static final String NAME = "shop.demo.test";
  static final String TSIG_KEY = "demo-key";

  /** Which database a side's shop uses. */
  enum Data {
    OF_EACH_SIDE,
    /** Both use the source's. */
    SHARED
  }

  private static final Logger LOGGER = LoggerFactory.getLogger(Stage.class);
  private static final String SOURCE_ADDRESS = "127.0.0.2";
  private static final String TARGET_ADDRESS = "127.0.0.3";
  private static final int TTL_SECONDS = 5;
  private static final int CLIENTS = 10;
  private static final int PORT_ATTEMPTS_MAX = 10;

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Data data;
  private final String tsigSecret;
  private final EmbeddedBroker broker;
  private final Databases databases;
  private final DemoDnsServer dns;
  private final Shop source;
  private final Shop target;
  private final Ledger ledger = new Ledger();
  private final Clients clients;
  private final Topics topics = new Topics("cutover", 4, 1, 4);

  /**
   * Sets the stage in a directory that is its own. What was started is ended again if one part
   * fails to start.
   *
   * @param writesPerSecond of customers; 0 when none are to come
   */
  public Stage(Path directory, int writesPerSecond, long seed) {
    this(directory, writesPerSecond, seed, Data.OF_EACH_SIDE);
  }

  /** The same, with a database for each side or one for both. */
  Stage(Path directory, int writesPerSecond, long seed, Data data) {
    this.data = data;
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    tsigSecret = Base64.getEncoder().encodeToString(secret);
    try {
      CompletableFuture<Databases> servers =
          CompletableFuture.supplyAsync(() -> new Databases(directory));
      broker = closing(EmbeddedBroker.start(directory.resolve("kafka"), 0));
      databases = closing(servers.join());
      try (TopicAdmin admin = new TopicAdmin(kafka())) {
        admin.create(topics);
      }
      dns = closing(DemoDnsServer.start(0, List.of(new DemoDnsKey(TSIG_KEY, tsigSecret, true))));
      dns.addZone(
          ZONE,
          """
          @ 60 IN SOA ns.demo.test. root.demo.test. 1 60 60 60 5
          @ 60 IN NS ns.demo.test.
          ns 60 IN A 127.0.0.1
          shop %d IN A %s
          """
              .formatted(TTL_SECONDS, SOURCE_ADDRESS));
      Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
      closing(() -> vertx.close().await(5, TimeUnit.SECONDS));
      Shop[] shops = openShops(vertx, secret, seed);
      source = shops[0];
      target = shops[1];
      try (Connection connection = databases.connect(Side.SOURCE)) {
        ledger.open(connection);
      }
      Map<InetAddress, Side> sides =
          Map.of(
              InetAddress.getByName(SOURCE_ADDRESS),
              Side.SOURCE,
              InetAddress.getByName(TARGET_ADDRESS),
              Side.TARGET);
      clients =
          closing(
              new Clients(
                  new Clients.Settings(
                      dns.address(),
                      NAME,
                      source.port(),
                      sides,
                      CLIENTS,
                      Math.max(1, writesPerSecond),
                      true,
                      seed),
                  ledger));
      if (writesPerSecond > 0) {
        clients.start();
      }
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      close();
      throw new IllegalStateException(
          "Expected to read the shop's database, but: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The broker, as a client finds it. */
  public KafkaSettings kafka() {
    return new KafkaSettings(broker.bootstrapServers());
  }

  /** How services find Kafka and the topics. */
  Map<String, String> kafkaConfiguration() {
    return Map.of(
        "KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers(),
        "TOPICS_PREFIX", topics.prefix(),
        "TOPICS_PARTITIONS", Integer.toString(topics.partitions()),
        "TOPICS_REPLICAS", Integer.toString(topics.replicas()),
        "TOPICS_CHANGE_SLOTS", Integer.toString(topics.changeSlots()));
  }

  /** The broker, to be stopped and started again. */
  EmbeddedBroker broker() {
    return broker;
  }

  /** Where everything is said. */
  public Topics topics() {
    return topics;
  }

  /** Both servers. */
  public Databases databases() {
    return databases;
  }

  Ledger ledger() {
    return ledger;
  }

  Clients clients() {
    return clients;
  }

  int dnsPort() {
    return dns.port();
  }

  int shopPort() {
    return source.port();
  }

  /** The key that signs DNS updates, Base64. */
  String tsigSecret() {
    return tsigSecret;
  }

  /** Makes the target suffer. */
  void inject(Fault fault) {
    target.suffer(fault);
  }

  /** Says what the DNS server answers at this moment. */
  String dnsAnswer() {
    return NAME + " A " + String.join(", ", dns.values(NAME, "A"));
  }

  /** Fills the demonstration's plan in. */
  public String plan(CutoverId id, String template) {
    return template
        .replace("@id@", id.value())
        .replace("@sourcePort@", Integer.toString(databases.endpoint(Side.SOURCE).port()))
        .replace("@targetPort@", Integer.toString(databases.endpoint(Side.TARGET).port()))
        .replace("@dnsPort@", Integer.toString(dns.port()))
        .replace("@shopPort@", Integer.toString(source.port()));
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        LOGGER.atWarn().setCause(e).log("part of the stage did not close in order");
      }
    }
  }

  private <T extends AutoCloseable> T closing(T part) {
    opened.push(part);
    return part;
  }

  /** Both sides listen on the same port: an A record holds only an address. */
  private Shop[] openShops(Vertx vertx, byte[] tokenKey, long seed) {
    for (int attempt = 1; ; attempt++) {
      Shop first =
          shop(vertx, Side.SOURCE, new InetSocketAddress(SOURCE_ADDRESS, 0), tokenKey, seed);
      try {
        Shop second =
            shop(
                vertx,
                Side.TARGET,
                new InetSocketAddress(TARGET_ADDRESS, first.port()),
                tokenKey,
                seed);
        return new Shop[] {closing(first), closing(second)};
      } catch (RuntimeException e) {
        first.close();
        if (attempt == PORT_ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private Shop shop(Vertx vertx, Side side, InetSocketAddress address, byte[] tokenKey, long seed) {
    ShopStore store =
        new ShopStore(
            databases.url(data == Data.SHARED ? Side.SOURCE : side),
            databases.applicationUser(),
            databases.applicationPassword());
    return new Shop(vertx, side, address, store, tokenKey, seed);
  }
}
