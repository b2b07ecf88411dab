package dev.cutover.deploy.demo;

import org.xbill.DNS.Name;
import org.xbill.DNS.TSIG;

/**
 * Names a TSIG key that {@link DemoDnsServer} knows.
 *
 * @param name key name as clients send it, such as {@code mig-key}
 * @param secret Base64 of the HMAC-SHA256 secret; never printed
 * @param mayUpdate whether its holder may change records; a key without the right gets REFUSED, as
 *     from a server whose policy does not grant it
 */
public record DemoDnsKey(String name, String secret, boolean mayUpdate) {

  Name absoluteName() {
    return Name.fromConstantString(name.endsWith(".") ? name : name + ".");
  }

  TSIG toTsig() {
    return new TSIG(TSIG.HMAC_SHA256, name, secret);
  }

  @Override
  public String toString() {
    return "DemoDnsKey[name=" + name + ", mayUpdate=" + mayUpdate + "]";
  }
}
