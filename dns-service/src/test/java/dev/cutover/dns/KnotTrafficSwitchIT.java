package dev.cutover.dns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Knot says BADKEY of a key that it knows, too, when no access list gives it the right. */
class KnotTrafficSwitchIT extends Rfc2136SwitchContract {
  @Override
  protected Authorities start(Path directory) throws IOException {
    return new KnotAuthorities(directory);
  }

  @Override
  protected String rightMissing() {
    return "no access list gives the key this right";
  }

  @Override
  protected String probeDenied() {
    return "no access list gives the key this right";
  }

  /** One rule has to allow a whole message: one for the records and one for the mark allow none. */
  @Test
  void shouldGoThereAndBackWithTheLeastRights() throws Exception {
    // given
    Switched name = switched();
    String rules =
        """
          - id: least
            key: %1$s
            action: update
            update-type: [A, AAAA, CNAME, HTTPS, TXT]
            update-owner: name
            update-owner-match: equal
            update-owner-name: [%2$s, _cutover.%2$s]
        """
            .formatted(Authorities.KEY_NAME, name.name());
    // when, then
    Path place = Files.createDirectories(directory.resolve("least"));
    try (KnotAuthorities servers = new KnotAuthorities(place, rules, "least")) {
      assertWholeLadder(name, servers);
    }
  }
}
