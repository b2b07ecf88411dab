package dev.cutover.dns.route53;

import dev.cutover.dns.route53.HostedZoneRules.InvalidInput;
import dev.cutover.dns.route53.HostedZoneRules.ZoneChange;
import dev.cutover.dns.route53.StoredSet.Target;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The XML of the API, version 2013-04-01. */
final class Route53Xml {
  private static final String NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/";

  private Route53Xml() {}

  static List<ZoneChange> batch(InputStream request) throws IOException, InvalidInput {
    Element root;
    try {
      root =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(request)
              .getDocumentElement();
    } catch (SAXException | ParserConfigurationException e) {
      throw new InvalidInput("MalformedInput: " + e.getMessage());
    }
    List<ZoneChange> batch = new ArrayList<>();
    for (Element change : elements(root, "Change")) {
      Element set = elements(change, "ResourceRecordSet").getFirst();
      batch.add(new ZoneChange(text(change, "Action").orElse(""), set(set)));
    }
    return batch;
  }

  private static StoredSet set(Element set) throws InvalidInput {
    Optional<Target> alias = Optional.empty();
    if (!elements(set, "AliasTarget").isEmpty()) {
      Element target = elements(set, "AliasTarget").getFirst();
      alias =
          Optional.of(
              new Target(
                  required(target, "HostedZoneId"),
                  stored(required(target, "DNSName")),
                  Boolean.parseBoolean(required(target, "EvaluateTargetHealth"))));
    }
    return new StoredSet(
        stored(text(set, "Name").orElseThrow(() -> new InvalidInput("no Name"))),
        text(set, "Type").orElseThrow(() -> new InvalidInput("no Type")),
        text(set, "SetIdentifier").orElse(""),
        text(set, "Weight").map(Long::valueOf),
        alias,
        text(set, "HealthCheckId"),
        text(set, "TTL").map(Long::valueOf),
        elements(set, "Value").stream().map(Node::getTextContent).toList());
  }

  /** boto/boto#2096: the schema asks for each of them, and so says the message. */
  private static String required(Element parent, String name) throws InvalidInput {
    return text(parent, name)
        .orElseThrow(
            () ->
                new InvalidInput(
                    "Invalid XML ; cvc-complex-type.2.4.b: The content of element '%s' is not complete. One of '{\"%s\":%s}' is expected."
                        .formatted(parent.getTagName(), NAMESPACE, name)));
  }

  /**
   * DG "DNS domain name format": lower case, the final dot added, and every character beyond a-z,
   * 0-9, hyphen, underscore and dot as an octal escape.
   */
  static String stored(String name) {
    StringBuilder stored = new StringBuilder();
    String lower = name.toLowerCase(Locale.ROOT);
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      boolean plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "-_.\\".indexOf(c) >= 0;
      stored.append(plain ? String.valueOf(c) : "\\%03o".formatted((int) c));
    }
    return stored.toString().endsWith(".") ? stored.toString() : stored + ".";
  }

  private static List<Element> elements(Element parent, String name) {
    NodeList found = parent.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      elements.add((Element) found.item(i));
    }
    return elements;
  }

  private static Optional<String> text(Element parent, String name) {
    return elements(parent, name).stream().findFirst().map(Node::getTextContent);
  }

  static String change(String root, String id, boolean insync) {
    return document(
        root,
        "<ChangeInfo><Id>/change/%s</Id><Status>%s</Status><SubmittedAt>2026-11-22T10:15:30Z</SubmittedAt></ChangeInfo>"
            .formatted(id, insync ? "INSYNC" : "PENDING"));
  }

  static String zone(String id, String name, boolean isPrivate) {
    return document(
        "GetHostedZoneResponse",
        """
        <HostedZone><Id>/hostedzone/%s</Id><Name>%s</Name><CallerReference>test</CallerReference>\
        <Config><PrivateZone>%s</PrivateZone></Config></HostedZone>"""
            .formatted(id, name, isPrivate));
  }

  static String listing(List<StoredSet> page, Optional<StoredSet> next, int maxItems) {
    StringBuilder sets = new StringBuilder("<ResourceRecordSets>");
    page.forEach(set -> sets.append(listed(set)));
    sets.append("</ResourceRecordSets><IsTruncated>")
        .append(next.isPresent())
        .append("</IsTruncated>");
    next.ifPresent(
        set ->
            sets.append(element("NextRecordName", set.name()))
                .append(element("NextRecordType", set.type()))
                .append(
                    set.identifier().isEmpty()
                        ? ""
                        : element("NextRecordIdentifier", set.identifier())));
    return document(
        "ListResourceRecordSetsResponse", sets + element("MaxItems", String.valueOf(maxItems)));
  }

  private static String listed(StoredSet set) {
    StringBuilder xml = new StringBuilder("<ResourceRecordSet>");
    xml.append(element("Name", set.name())).append(element("Type", set.type()));
    if (!set.identifier().isEmpty()) {
      xml.append(element("SetIdentifier", set.identifier()));
    }
    set.weight().ifPresent(weight -> xml.append(element("Weight", String.valueOf(weight))));
    set.ttl().ifPresent(ttl -> xml.append(element("TTL", String.valueOf(ttl))));
    if (!set.values().isEmpty()) {
      xml.append("<ResourceRecords>");
      set.values()
          .forEach(
              value ->
                  xml.append("<ResourceRecord>")
                      .append(element("Value", value))
                      .append("</ResourceRecord>"));
      xml.append("</ResourceRecords>");
    }
    set.aliasTarget()
        .ifPresent(
            target ->
                xml.append("<AliasTarget>")
                    .append(element("HostedZoneId", target.hostedZone()))
                    .append(element("DNSName", target.dnsName()))
                    .append(
                        element(
                            "EvaluateTargetHealth", String.valueOf(target.evaluateTargetHealth())))
                    .append("</AliasTarget>"));
    set.healthCheck().ifPresent(id -> xml.append(element("HealthCheckId", id)));
    return xml.append("</ResourceRecordSet>").toString();
  }

  /** API GetHealthCheck; what the caller does not look at is left out. */
  static String healthCheck(String id, HealthChecks.Check check) {
    return document(
        "GetHealthCheckResponse",
        """
        <HealthCheck><Id>%s</Id><CallerReference>test</CallerReference><HealthCheckConfig>\
        <Type>%s</Type><Inverted>%s</Inverted><Disabled>%s</Disabled></HealthCheckConfig>\
        <HealthCheckVersion>1</HealthCheckVersion></HealthCheck>"""
            .formatted(id, check.type(), check.inverted(), check.disabled()));
  }

  /** API GetHealthCheckStatus: one observation of each checker. */
  static String healthCheckStatus(List<String> statuses) {
    StringBuilder xml = new StringBuilder("<HealthCheckObservations>");
    statuses.forEach(
        status ->
            xml.append("<HealthCheckObservation><Region>eu-west-1</Region>")
                .append("<IPAddress>15.177.10.1</IPAddress><StatusReport>")
                .append(element("Status", status))
                .append("<CheckedTime>2026-11-22T10:15:30Z</CheckedTime></StatusReport>")
                .append("</HealthCheckObservation>"));
    return document("GetHealthCheckStatusResponse", xml + "</HealthCheckObservations>");
  }

  static String error(String code, String message) {
    return document(
        "ErrorResponse",
        "<Error><Type>Sender</Type>%s%s</Error><RequestId>r-1</RequestId>"
            .formatted(element("Code", code), element("Message", message)));
  }

  /** The other form in which a refused batch is answered. */
  static String invalidBatch(List<String> messages) {
    StringBuilder xml = new StringBuilder("<Messages>");
    messages.forEach(message -> xml.append(element("Message", message)));
    return document("InvalidChangeBatch", xml + "</Messages><RequestId>r-1</RequestId>");
  }

  private static String document(String root, String content) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%1$s xmlns=\"%2$s\">%3$s</%1$s>"
        .formatted(root, NAMESPACE, content);
  }

  private static String element(String name, String text) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    return "<%1$s>%2$s</%1$s>".formatted(name, escaped);
  }
}
