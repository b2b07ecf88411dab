package dev.cutover.orchestrator.adapter;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import dev.cutover.contract.Command;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.MessageType;
import dev.cutover.contract.Reply;
import dev.cutover.orchestrator.domain.RollbackPolicy;
import dev.cutover.orchestrator.domain.SagaEvent;
import dev.cutover.orchestrator.domain.SagaEvent.HealthNoted;
import dev.cutover.orchestrator.domain.Stage;
import dev.cutover.orchestrator.domain.Strategy;
import dev.cutover.orchestrator.domain.TeamStep;
import dev.cutover.orchestrator.domain.Undo;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Journal entries as JSON, one object each. Strict both ways: an unknown type, an unknown, missing
 * or null field is refused; only what came to an event later may be missing. Safe for several
 * threads.
 *
 * <p>An event's name is its record's: {@code StepSent} is {@code saga.step-sent.v1}, a record
 * {@code StepSentV2} beside it would be {@code saga.step-sent.v2}. Orders and answers inside events
 * have the names that they have on the wire.
 */
public final class JournalCodec {
  private static final Pattern VERSION = Pattern.compile("(.+?)V([0-9]+)");

  private static final SequencedMap<String, Class<? extends SagaEvent>> EVENTS = events();

  private static final ClassValue<String> NAMES =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> event) {
          return nameOf(event.asSubclass(SagaEvent.class));
        }
      };

  // Making one costs milliseconds and what it has learnt of the types: all codecs share it.
  private static final JsonMapper JSON = mapper();

  /** The one table of names and events, sorted by name. */
  public static SequencedMap<String, Class<? extends SagaEvent>> types() {
    return EVENTS;
  }

  /** Name of that event, such as {@code saga.step-sent.v1}. */
  public static String nameOf(SagaEvent event) {
    return NAMES.get(event.getClass());
  }

  /** The mapper that entries are written with. */
  static JsonMapper mapper() {
    JsonMapper json =
        MessageCodec.mapper(Set.of(HealthNoted.class, RollbackPolicy.class))
            .rebuild()
            .addMixIn(HealthNoted.class, WithLaterFields.class)
            .addMixIn(RollbackPolicy.class, WithoutEmpty.class)
            .addMixIn(SagaEvent.class, Typed.class)
            .addMixIn(Command.class, Typed.class)
            .addMixIn(Reply.class, Typed.class)
            .addMixIn(Stage.class, Typed.class)
            .addMixIn(Strategy.class, Typed.class)
            .addMixIn(Undo.class, Typed.class)
            .addMixIn(TeamStep.Work.class, Typed.class)
            .build();
    EVENTS.forEach((name, record) -> json.registerSubtypes(new NamedType(record, name)));
    for (MessageType type : MessageType.all()) {
      if (Command.class.isAssignableFrom(type.record())
          || Reply.class.isAssignableFrom(type.record())) {
        json.registerSubtypes(new NamedType(type.record(), type.name()));
      }
    }
    kinds(json, Stage.class);
    kinds(json, Strategy.class);
    kinds(json, Undo.class);
    kinds(json, TeamStep.Work.class);
    return json;
  }

  /** Writes an entry; one line. */
  public byte[] bytes(JournalEntry entry) {
    try {
      return JSON.writeValueAsBytes(entry);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected every journal entry to have a JSON form", e);
    }
  }

  /**
   * Reads an entry. Throws {@link IllegalStateException} when it is none: a journal that can't be
   * read whole must not be gone on from.
   */
  public JournalEntry entry(byte[] bytes) {
    try {
      return JSON.readValue(bytes, JournalEntry.class);
    } catch (IOException e) {
      String fault = String.valueOf(e.getMessage()).lines().findFirst().orElse("it is empty");
      throw new IllegalStateException("Expected a journal entry, but " + fault, e);
    }
  }

  /** What is empty is left out. */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  private interface WithoutEmpty {}

  /** What came later is left out when empty. */
  private interface WithLaterFields {
    @SuppressWarnings("UnusedMethod") // Jackson reads it
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    Optional<Instant> saidAt();
  }

  /** Whatever may be one of several says which it is. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  private interface Typed {}

  private static void kinds(JsonMapper json, Class<?> sealed) {
    for (Class<?> kind : sealed.getPermittedSubclasses()) {
      json.registerSubtypes(new NamedType(kind, kebab(kind.getSimpleName())));
    }
  }

  private static SequencedMap<String, Class<? extends SagaEvent>> events() {
    TreeMap<String, Class<? extends SagaEvent>> events = new TreeMap<>();
    collect(SagaEvent.class, events);
    return Collections.unmodifiableSequencedMap(events);
  }

  private static void collect(Class<?> sealed, Map<String, Class<? extends SagaEvent>> events) {
    for (Class<?> permitted : sealed.getPermittedSubclasses()) {
      Class<? extends SagaEvent> event = permitted.asSubclass(SagaEvent.class);
      if (event.isInterface()) {
        collect(event, events);
      } else if (events.put(nameOf(event), event) != null) {
        throw new IllegalStateException("Two events have the name " + nameOf(event));
      }
    }
  }

  static String nameOf(Class<? extends SagaEvent> event) {
    Matcher versioned = VERSION.matcher(event.getSimpleName());
    return versioned.matches()
        ? "saga.%s.v%s".formatted(kebab(versioned.group(1)), versioned.group(2))
        : "saga.%s.v1".formatted(kebab(event.getSimpleName()));
  }

  private static String kebab(String camel) {
    return camel.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }
}
