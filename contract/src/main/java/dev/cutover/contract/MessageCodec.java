package dev.cutover.contract;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.InjectableValues;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Messages as CloudEvents 1.0 in Kafka's binary binding: attributes in {@code ce_} headers, the
 * record as JSON in the value.
 *
 * <p>Strict both ways: an unknown type, an unknown, missing or null field, a value of another kind
 * or anything behind the end is refused with a sentence. Only a field that came to a published
 * record later may be missing: it is empty then, and not written when empty, so that the bytes of
 * older messages stay. Instants and durations are ISO 8601. Safe for several threads.
 */
public final class MessageCodec {
  public static final String CONTENT_TYPE = "application/json";

  private final JsonMapper json = mapper();

  /** The mapper that messages are written with, for reports of the same shapes. */
  public static JsonMapper mapper() {
    return mapper(Set.of());
  }

  /**
   * The same for journals.
   *
   * @param withLaterFields further records whose optional fields came later and may be missing
   */
  public static JsonMapper mapper(Set<Class<?>> withLaterFields) {
    JsonMapper.Builder builder =
        JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(new Jdk8Module())
            .addMixIn(CutoverId.class, PlainText.class)
            .addMixIn(DataCheck.class, Kinded.class)
            .addMixIn(NoticeChannel.class, Kinded.class)
            .addMixIn(InstanceSource.class, Kinded.class)
            .addMixIn(Objectives.class, WithLaterFields.class)
            .addMixIn(SwitchSpec.class, SwitchSpecCodec.Form.class)
            .addMixIn(ReplicationSpec.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(CopyTerms.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(SwitchProvider.Cloudflare.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(SwitchProvider.CloudflarePools.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(EdgeProbe.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(SwitchedName.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(ManagedBy.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(DnsReply.RecordsCaptured.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(DnsReply.TrafficVerified.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(DnsReply.SwitchStaged.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(SyncReply.ReplicationPrepared.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(SyncReply.ForwardSyncStarted.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(SyncReply.ReverseDrained.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(SyncReply.LossCounted.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(SyncReply.SourceOpened.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(SyncReply.SourceFenced.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(SyncReply.TargetFenced.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(DnsReply.SwitchRead.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(RecordsObserved.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(RecordsObserved.RecordDrift.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(RecordsObserved.ChangedBy.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(SwitchProof.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(ViewLook.class, WithLaterSignatures.class)
            .addMixIn(DnsCommand.CaptureRecords.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(DnsCommand.WatchRecords.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(DnsCommand.StageSwitch.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(DnsCommand.LowerTtl.class, SwitchSpecCodec.WithoutEmpty.class)
            .addMixIn(DnsCommand.RestoreTtl.class, SwitchSpecCodec.WithoutEmpty.class)
            .annotationIntrospector(new LaterFields(withLaterFields))
            .injectableValues(
                new InjectableValues.Std().addValue(LaterFields.EMPTY, Optional.empty()))
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION);
    for (Class<?> kinded : List.of(DataCheck.class, NoticeChannel.class, InstanceSource.class)) {
      kinds(kinded)
          .forEach(kind -> builder.registerSubtypes(new NamedType(kind, kind.getSimpleName())));
    }
    return builder.build();
  }

  private static Stream<Class<?>> kinds(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(MessageCodec::kinds)
        : Stream.of(type);
  }

  /** An id is its text. */
  private abstract static class PlainText {
    @JsonCreator
    PlainText(@SuppressWarnings("unused") String value) {}

    @JsonValue
    abstract String value();
  }

  /** A sealed type inside a message says which of its records it is. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  private interface Kinded {}

  /** What came later is left out when empty. */
  private interface WithLaterFields {
    @SuppressWarnings("UnusedMethod") // Jackson reads it
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    Optional<Objectives.WarmUp> warmUp();
  }

  /** The same of a view. */
  private interface WithLaterSignatures {
    @SuppressWarnings("UnusedMethod") // Jackson reads it
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    Optional<String> signatures();
  }

  /** What came later is empty when left out. */
  private static final class LaterFields extends JacksonAnnotationIntrospector {
    static final String EMPTY = "empty";
    private static final Set<Class<?>> WITH_LATER_FIELDS =
        Set.of(
            Objectives.class,
            ReplicationSpec.class,
            CopyTerms.class,
            SwitchSpecCodec.Fields.class,
            SwitchProvider.Cloudflare.class,
            SwitchProvider.CloudflarePools.class,
            EdgeProbe.class,
            SwitchedName.class,
            ManagedBy.class,
            DnsReply.RecordsCaptured.class,
            DnsReply.TrafficVerified.class,
            DnsReply.SwitchStaged.class,
            SyncReply.ReplicationPrepared.class,
            SyncReply.ForwardSyncStarted.class,
            SyncReply.ReverseDrained.class,
            SyncReply.LossCounted.class,
            SyncReply.SourceOpened.class,
            SyncReply.SourceFenced.class,
            SyncReply.TargetFenced.class,
            DnsReply.SwitchRead.class,
            RecordsObserved.class,
            RecordsObserved.RecordDrift.class,
            RecordsObserved.ChangedBy.class,
            SwitchProof.class,
            ViewLook.class,
            DnsCommand.CaptureRecords.class,
            DnsCommand.WatchRecords.class,
            DnsCommand.StageSwitch.class,
            DnsCommand.LowerTtl.class,
            DnsCommand.RestoreTtl.class);
    private static final long serialVersionUID = 1;
    private final Set<Class<?>> further;

    LaterFields(Set<Class<?>> further) {
      this.further = Set.copyOf(further);
    }

    @Override
    public JacksonInject.@Nullable Value findInjectableValue(AnnotatedMember member) {
      return member instanceof AnnotatedParameter parameter
              && (WITH_LATER_FIELDS.contains(parameter.getDeclaringClass())
                  || further.contains(parameter.getDeclaringClass()))
              && parameter.getRawType() == Optional.class
          ? JacksonInject.Value.construct(EMPTY, true, null)
          : super.findInjectableValue(member);
    }
  }

  /** Writes the record. */
  public byte[] data(Message message) {
    try {
      return json.writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected every message to have a JSON form", e);
    }
  }

  /** Writes the attributes, sorted by name. */
  public Map<String, String> headers(Envelope<?> envelope) {
    Map<String, String> headers = new TreeMap<>();
    headers.put("ce_specversion", "1.0");
    headers.put("ce_id", envelope.id());
    headers.put("ce_source", envelope.source());
    headers.put("ce_type", MessageType.of(envelope.message()).name());
    headers.put("ce_time", envelope.time().toString());
    headers.put("ce_correlationid", envelope.message().cutover().value());
    if (!envelope.causationId().isEmpty()) {
      headers.put("ce_causationid", envelope.causationId());
    }
    headers.put("ce_sequence", Long.toString(envelope.sequence()));
    headers.put("ce_rehearsal", Boolean.toString(envelope.rehearsal()));
    headers.put("content-type", CONTENT_TYPE);
    return headers;
  }

  /**
   * Reads a message.
   *
   * @param headers others than those above are ignored
   * @throws UndecodableException when it is none
   */
  public Envelope<? extends Message> envelope(Map<String, String> headers, byte[] data)
      throws UndecodableException {
    String specVersion = header(headers, "ce_specversion");
    if (!specVersion.equals("1.0")) {
      throw new UndecodableException(
          "Expected CloudEvents 1.0, but ce_specversion is '%s'".formatted(specVersion));
    }
    String name = header(headers, "ce_type");
    MessageType type =
        MessageType.named(name)
            .orElseThrow(
                () ->
                    new UndecodableException(
                        "Expected a known ce_type, but it is '%s'".formatted(name)));
    try {
      return new Envelope<>(
          header(headers, "ce_id"),
          header(headers, "ce_source"),
          Instant.parse(header(headers, "ce_time")),
          headers.getOrDefault("ce_causationid", ""),
          Long.parseLong(header(headers, "ce_sequence")),
          Boolean.parseBoolean(header(headers, "ce_rehearsal")),
          message(type, data));
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new UndecodableException(
          "Expected the attributes of a %s, but %s".formatted(name, e.getMessage()));
    }
  }

  /** Reads the record alone. */
  public Message message(MessageType type, byte[] data) throws UndecodableException {
    try {
      return json.readValue(data, type.record());
    } catch (JsonMappingException e) {
      String path = e.getPathReference().replaceAll("[a-z.]+\\.([A-Z])", "$1");
      throw new UndecodableException(
          "Expected a %s, but %s at %s".formatted(type.name(), firstLine(e), path));
    } catch (JsonProcessingException e) {
      throw new UndecodableException(
          "Expected a %s as JSON, but %s".formatted(type.name(), firstLine(e)));
    } catch (IOException e) {
      throw new UndecodableException(
          "Expected a %s, but %s".formatted(type.name(), e.getMessage()));
    }
  }

  private static String firstLine(JsonProcessingException e) {
    return String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("it cannot be read");
  }

  private static String header(Map<String, String> headers, String name)
      throws UndecodableException {
    String value = headers.get(name);
    if (value == null) {
      throw new UndecodableException("Expected the header %s, but it is missing".formatted(name));
    }
    return value;
  }
}
