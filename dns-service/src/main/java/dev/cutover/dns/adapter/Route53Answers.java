package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.UNSUITABLE;

import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.dns.adapter.ZonePrimary.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Says what a refusal of Route 53 means. Codes are those of the API reference
 * (ChangeResourceRecordSets, ListResourceRecordSets, GetChange), beside the {@linkplain AwsAnswers
 * common} ones. Pure.
 */
final class Route53Answers {
  private static final String INVALID_BATCH = "InvalidChangeBatch";

  /**
   * What the API says when a set is not, or is already, there: the change's own conditions. Other
   * messages speak of a value or a name that it never takes.
   */
  private static final Pattern STATE =
      Pattern.compile(
          "Tried to (delete|create) .* but (it was not found|the values provided do not match the current values|it already exists)\\.?"
              + "|RRSet .*conflicting RRSet of type .*"
              + "|RRSet .*weighted set exists with the same name and type\\.?");

  private Route53Answers() {}

  /** What became of a request, from what the SDK throws. */
  static Outcome meaning(SdkException answer, Route53 zone) {
    AwsAnswers common = new AwsAnswers("Route 53", zone.profile());
    if (!(answer instanceof AwsServiceException service)) {
      return common.meaning(answer);
    }
    Optional<List<String>> refusedBatch = refusedBatch(service);
    if (refusedBatch.isPresent()) {
      return invalid(refusedBatch.get());
    }
    return switch (AwsAnswers.code(service)) {
      case "PriorRequestNotComplete" ->
          new Outcome.Deferred(
              "Expected hosted zone %s to take a change, but it answered PriorRequestNotComplete: it still works on an earlier one; nothing was changed"
                  .formatted(zone.hostedZone()));
      case "NoSuchHostedZone" ->
          new Outcome.Denied(
              UNSUITABLE,
              "Expected hosted zone %s in the account of credentials %s, but Route 53 answered NoSuchHostedZone"
                  .formatted(zone.hostedZone(), zone.profile()));
      default -> common.meaning(service);
    };
  }

  private static Outcome invalid(List<String> messages) {
    String all = AwsAnswers.bounded(String.join("; ", messages));
    return !messages.isEmpty() && messages.stream().allMatch(m -> STATE.matcher(m).matches())
        ? new Outcome.Unmet("InvalidChangeBatch: " + all)
        : new Outcome.Denied(
            UNSUITABLE,
            "Expected Route 53 to take the change, but it answered InvalidChangeBatch: " + all);
  }

  /**
   * The messages of a refused batch: a list of its own, of which the SDK knows nothing, not even
   * the code; or one text in brackets. Empty if it is another answer.
   */
  private static Optional<List<String>> refusedBatch(AwsServiceException answer) {
    Optional<AwsErrorDetails> details = Optional.ofNullable(answer.awsErrorDetails());
    Optional<Element> list =
        details
            .flatMap(d -> Optional.ofNullable(d.rawResponse()))
            .flatMap(raw -> root(raw.asInputStream()))
            .filter(root -> root.getTagName().equals(INVALID_BATCH));
    if (list.isPresent()) {
      NodeList found = list.get().getElementsByTagName("Message");
      return Optional.of(
          IntStream.range(0, found.getLength())
              .mapToObj(i -> found.item(i).getTextContent())
              .toList());
    }
    if (!details.map(AwsErrorDetails::errorCode).filter(INVALID_BATCH::equals).isPresent()) {
      return Optional.empty();
    }
    String text = details.map(AwsErrorDetails::errorMessage).orElse("");
    String bare =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    return Optional.of(
        bare.isBlank() ? List.of() : List.of(bare.split(", (?=Tried to |RRSet |Invalid )")));
  }

  private static Optional<Element> root(InputStream xml) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      DocumentBuilder builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null); // or it prints
      return Optional.of(builder.parse(xml).getDocumentElement());
    } catch (IOException | SAXException | ParserConfigurationException e) {
      return Optional.empty(); // no XML: the SDK's own reading stands
    }
  }
}
