package dev.cutover.contract;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The one table of wire names and records.
 *
 * <p>A name is family, record and version: {@code DnsCommand.ShiftTraffic} is {@code
 * dns.shift-traffic.v1}. A record {@code ShiftTrafficV2} beside it would be {@code
 * dns.shift-traffic.v2}: a changed meaning is a new record, never an edit.
 *
 * @param name on the wire, in {@code ce_type}
 * @param record the class it is read into
 */
public record MessageType(String name, Class<? extends Message> record) {
  private static final Pattern VERSION = Pattern.compile("(.+?)V([0-9]+)");

  private static final SequencedMap<String, MessageType> BY_NAME = byName();
  private static final Map<Class<? extends Message>, MessageType> BY_RECORD =
      BY_NAME.values().stream()
          .collect(Collectors.toUnmodifiableMap(MessageType::record, Function.identity()));

  /** Lists every type, sorted by name. */
  public static List<MessageType> all() {
    return List.copyOf(BY_NAME.values());
  }

  public static Optional<MessageType> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  public static MessageType of(Message message) {
    MessageType type = BY_RECORD.get(message.getClass());
    if (type == null) {
      throw new IllegalStateException("No message type for " + message.getClass());
    }
    return type;
  }

  private static SequencedMap<String, MessageType> byName() {
    TreeMap<String, MessageType> types = new TreeMap<>();
    for (Class<?> record : leaves(Message.class, new ArrayList<>())) {
      MessageType type = new MessageType(nameOf(record), record.asSubclass(Message.class));
      MessageType other = types.put(type.name(), type);
      if (other != null && !other.equals(type)) {
        throw new IllegalStateException("Two records have the wire name " + type.name());
      }
    }
    return Collections.unmodifiableSequencedMap(types);
  }

  private static List<Class<?>> leaves(Class<?> type, List<Class<?>> found) {
    if (type.isSealed()) {
      for (Class<?> permitted : type.getPermittedSubclasses()) {
        leaves(permitted, found);
      }
    } else {
      found.add(type);
    }
    return found;
  }

  private static String nameOf(Class<?> record) {
    Matcher versioned = VERSION.matcher(record.getSimpleName());
    boolean later = versioned.matches();
    String stem = later ? versioned.group(1) : record.getSimpleName();
    String family =
        record.getInterfaces()[0].getSimpleName().replaceAll("(?<=.)(Command|Reply)$", "");
    return "%s.%s.v%s".formatted(kebab(family), kebab(stem), later ? versioned.group(2) : "1");
  }

  private static String kebab(String camel) {
    return camel.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }
}
