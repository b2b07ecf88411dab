package dev.cutover.dns;

import dev.cutover.dns.designate.DesignateFront;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;

/** The same contract over a real Designate: {@code mvn verify -Pdesignate}. */
@Tag("designate")
class RealDesignateTrafficSwitchIT extends DesignateSwitchContract {
  private @Nullable DesignateInstallation installation;
  private @Nullable DesignateFront front;
  private String zoneId = "";

  @Override
  protected Authorities start(Path directory) throws IOException {
    DesignateInstallation started = new DesignateInstallation(directory);
    installation = started;
    DesignateFront opened = new DesignateFront(started.api());
    front = opened;
    zoneId =
        opened
            .ask(
                "POST",
                "/zones",
                "{\"name\": \"%s\", \"email\": \"admin@shop.example\", \"ttl\": 300}"
                    .formatted(Authorities.ZONE))
            .path("id")
            .asText();
    opened.ask(
        "POST",
        "/zones/%s/recordsets".formatted(zoneId),
        "{\"name\": \"ns1.%s\", \"type\": \"A\", \"records\": [\"127.0.0.1\"]}"
            .formatted(Authorities.ZONE));
    settle();
    started.startSecondary();
    return started;
  }

  @Override
  protected DesignateFront front() {
    return started(front);
  }

  @Override
  protected String zoneId() {
    return zoneId;
  }

  @Override
  protected void failServers(boolean fail) throws IOException {
    started(installation).failPool(fail);
  }

  @AfterAll
  void stopFront() {
    if (front != null) {
      front.close();
    }
  }
}
