package dev.cutover.deploy.dns;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.ByHand;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.SingleChange;
import dev.cutover.dns.domain.SwitchState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A planned change as it lies between {@code plan}, {@code apply} and {@code revert}: JSON, without
 * secrets.
 *
 * @param version of this form
 * @param id of the change; stands in the marks
 * @param spec the switch, as in the messages of a cutover
 * @param weightPercent how much of the traffic the target has afterwards
 * @param before what was served when it was planned, with stored TTLs: also what the way back puts
 *     back
 * @param marks by switched name, values in presentation format; empty for none
 * @param after what shall be served
 * @param revert the way back for the provider's own tool; empty where there is none
 * @param liftMark what takes the mark away that {@code revert} leaves, in the same form
 * @param hash SHA-256, hexadecimal, of this without it, in JSON without white space
 */
record ChangeFile(
    int version,
    CutoverId id,
    Instant plannedAt,
    SwitchSpec spec,
    int weightPercent,
    List<RecordSet> before,
    Map<String, List<String>> marks,
    List<RecordSet> after,
    String revert,
    String liftMark,
    String hash) {
  private static final int VERSION = 1;
  private static final JsonMapper JSON = MessageCodec.mapper();

  ChangeFile {
    before = List.copyOf(before);
    after = List.copyOf(after);
    marks = Map.copyOf(marks);
  }

  /** The file of a change. */
  static ChangeFile of(SingleChange change, Instant plannedAt) {
    Map<String, List<String>> marks = new TreeMap<>();
    change.before().marks().forEach((name, mark) -> marks.put(name, mark.values()));
    ChangeFile open =
        new ChangeFile(
            VERSION,
            change.id(),
            plannedAt,
            change.spec(),
            change.weightPercent(),
            change.before().sets(),
            marks,
            change.after(),
            ByHand.of(change).map(ByHand::revert).orElse(""),
            ByHand.of(change).map(ByHand::liftMark).orElse(""),
            "");
    return open.withHash(open.contentHash());
  }

  /** The change that it holds. */
  SingleChange change() {
    return new SingleChange(
        id,
        spec,
        weightPercent,
        new SwitchState(
            before,
            marks.entrySet().stream()
                .collect(
                    Collectors.toMap(Map.Entry::getKey, mark -> EpochMark.parse(mark.getValue())))),
        after);
  }

  private ChangeFile withHash(String text) {
    return new ChangeFile(
        version, id, plannedAt, spec, weightPercent, before, marks, after, revert, liftMark, text);
  }

  private String contentHash() {
    try {
      byte[] content = JSON.writeValueAsBytes(withHash(""));
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (JsonProcessingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected every change to have a hash, but: " + e, e);
    }
  }

  /** As it is written. */
  String json() {
    try {
      return JSON.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected every change to have a JSON form", e);
    }
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException with a sentence: what of it can't be understood, and where, or
   *     that it was edited
   */
  static ChangeFile read(Path file) {
    JsonNode tree;
    try {
      tree = JSON.readTree(Files.readString(file, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s: line %d, column %d: Expected a change in JSON, as 'dns plan --out' writes it, but: %s"
              .formatted(
                  file,
                  e.getLocation().getLineNr(),
                  e.getLocation().getColumnNr(),
                  e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Expected a file that 'dns plan --out' has written, but %s gave %s".formatted(file, e),
          e);
    }
    if (tree.path("version").asInt() != VERSION) {
      throw new IllegalArgumentException(
          "%s: version: Expected a change of version %d, but found %s: plan again with this release"
              .formatted(file, VERSION, tree.has("version") ? tree.path("version") : "none"));
    }
    ChangeFile read;
    try {
      read = JSON.treeToValue(tree, ChangeFile.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s: %s: Expected a change as 'dns plan --out' writes it, but: %s"
              .formatted(file, place(e), sentence(e)),
          e);
    }
    String found = read.contentHash();
    if (!found.equals(read.hash())) {
      throw new IllegalArgumentException(
          "%s: hash: Expected the content to have the hash %s that it was planned with, but it has %s: the file was edited; plan again"
              .formatted(file, read.hash(), found));
    }
    return read;
  }

  /** Such as {@code before[0].ttlSeconds}. */
  private static String place(JsonProcessingException e) {
    if (!(e instanceof JsonMappingException mapping) || mapping.getPath().isEmpty()) {
      return "the whole";
    }
    return mapping.getPath().stream()
        .map(
            at ->
                at.getFieldName() == null
                    ? "[%d]".formatted(at.getIndex())
                    : "." + at.getFieldName())
        .collect(Collectors.joining())
        .substring(1);
  }

  /** The house's own sentence where one of its types refused. */
  private static String sentence(JsonProcessingException e) {
    Throwable cause = e.getCause();
    String text =
        cause instanceof IllegalArgumentException
            ? Objects.requireNonNullElse(cause.getMessage(), "")
            : "";
    // Jackson names its own settings behind the first sentence.
    return text.isEmpty() ? e.getOriginalMessage().replaceFirst("(?s) \\(index .*", "") : text;
  }
}
