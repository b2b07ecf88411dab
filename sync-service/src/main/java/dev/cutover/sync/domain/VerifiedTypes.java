package dev.cutover.sync.domain;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The table of column types whose values the capture is trusted to deliver, and how each becomes
 * PostgreSQL's text again. Pure.
 *
 * <p>Every type in it has a test that sends its odd values through a real stream. All others (every
 * array, {@code timetz}, {@code interval}, {@code bit}, {@code money}, geometry, composite types
 * and whatever an extension brings) are read again by key: the capture damages some of their values
 * silently (correctness.md 1.5).
 */
public final class VerifiedTypes {
  private static final Set<String> AS_TEXT =
      Set.of(
          "text",
          "varchar",
          "bpchar",
          "citext",
          "uuid",
          "json",
          "jsonb",
          "xml",
          "inet",
          "cidr",
          "macaddr",
          "enum",
          "int4range",
          "int8range",
          "numrange",
          "daterange",
          "tsrange",
          "tstzrange",
          "tsvector");
  private static final Set<String> CONVERTED =
      Set.of(
          "bool",
          "int2",
          "int4",
          "int8",
          "oid",
          "float4",
          "float8",
          "numeric",
          "bytea",
          "date",
          "time",
          "timestamp",
          "timestamptz");

  private static final long MICROS_PER_SECOND = 1_000_000;
  // PostgreSQL's range of timestamps, in microseconds of the Unix epoch. The upper bound does not
  // fit: values beyond the year 294246 arrive wrapped round, below the lower bound.
  private static final long TIMESTAMP_MICROS_MIN = -210_866_803_200_000_000L;
  private static final long TIMESTAMP_MICROS_MAX = 9_223_371_331_200_000_000L;
  private static final long INFINITY_MICROS = 9_223_372_036_825_200_000L;
  private static final long MINUS_INFINITY_MICROS = -9_223_372_036_832_400_000L;
  private static final int DATE_DAYS_MIN = -2_440_588;
  private static final int DATE_DAYS_MAX = 2_145_031_948;

  private VerifiedTypes() {}

  /**
   * True if values of this type may be taken from the stream.
   *
   * @param base name of the type below all domains; {@code enum} for enums
   */
  public static boolean isVerified(String base) {
    return AS_TEXT.contains(base) || CONVERTED.contains(base);
  }

  /**
   * Turns a value as captured into PostgreSQL's text.
   *
   * @param raw as the capture delivers it: decimals and bytes (hexadecimal) as text, dates as days,
   *     times and timestamps as microseconds, timestamps with time zone in ISO 8601
   * @param unavailable the text that stands for an unchanged value stored out of line
   * @return {@link Value.Special#REFETCH} where this very value cannot be trusted
   */
  public static Value convert(String base, @Nullable Object raw, String unavailable) {
    return switch (raw) {
      case null -> Value.Special.NULL;
      case String text when text.equals(unavailable) -> Value.Special.UNCHANGED;
      case String text -> ofText(base, text);
      case Boolean truth when base.equals("bool") -> new Value.Text(truth ? "t" : "f");
      case Number number -> ofNumber(base, number);
      default -> Value.Special.REFETCH;
    };
  }

  private static Value ofText(String base, String text) {
    if (AS_TEXT.contains(base)) {
      return new Value.Text(text);
    }
    return switch (base) {
      case "numeric" -> new Value.Text(decimal(text));
      case "bytea" -> new Value.Text("\\x" + text);
      case "timestamptz" -> zoned(text);
      default -> Value.Special.REFETCH;
    };
  }

  private static Value ofNumber(String base, Number number) {
    return switch (base) {
      case "int2", "int4", "int8", "oid" -> new Value.Text(Long.toString(number.longValue()));
      case "float4", "float8" -> new Value.Text(number.toString());
      case "date" -> date(number.intValue());
      case "time" -> new Value.Text(time(number.longValue()));
      case "timestamp" -> timestamp(number.longValue());
      default -> Value.Special.REFETCH;
    };
  }

  private static String decimal(String text) {
    return switch (text.toUpperCase(Locale.ROOT)) {
      case "NAN" -> "NaN";
      case "POSITIVE_INFINITY" -> "Infinity";
      case "NEGATIVE_INFINITY" -> "-Infinity";
      default -> text;
    };
  }

  private static Value date(int days) {
    if (days < DATE_DAYS_MIN || days > DATE_DAYS_MAX) {
      return Value.Special.REFETCH;
    }
    return new Value.Text(
        date(LocalDate.ofEpochDay(days)) + era(LocalDate.ofEpochDay(days).getYear()));
  }

  private static Value timestamp(long micros) {
    if (micros == INFINITY_MICROS) {
      return new Value.Text("infinity");
    }
    if (micros == MINUS_INFINITY_MICROS) {
      return new Value.Text("-infinity");
    }
    if (micros < TIMESTAMP_MICROS_MIN || micros > TIMESTAMP_MICROS_MAX) {
      return Value.Special.REFETCH;
    }
    LocalDateTime at =
        LocalDateTime.ofEpochSecond(
            Math.floorDiv(micros, MICROS_PER_SECOND),
            (int) Math.floorMod(micros, MICROS_PER_SECOND) * 1000,
            ZoneOffset.UTC);
    return new Value.Text(dateTime(at, ""));
  }

  private static Value zoned(String text) {
    if (text.equals("infinity") || text.equals("-infinity")) {
      return new Value.Text(text);
    }
    OffsetDateTime at = OffsetDateTime.parse(text).withOffsetSameInstant(ZoneOffset.UTC);
    return new Value.Text(dateTime(at.toLocalDateTime(), "+00"));
  }

  private static String dateTime(LocalDateTime at, String zone) {
    long micros = at.toLocalTime().toNanoOfDay() / 1000;
    return date(at.toLocalDate()) + " " + time(micros) + zone + era(at.getYear());
  }

  private static String date(LocalDate day) {
    int year = day.getYear() > 0 ? day.getYear() : 1 - day.getYear();
    StringBuilder text = new StringBuilder(16);
    pad(text, year, 4);
    pad(text.append('-'), day.getMonthValue(), 2);
    pad(text.append('-'), day.getDayOfMonth(), 2);
    return text.toString();
  }

  // 24:00 is a time of its own in PostgreSQL; Java's LocalTime has none.
  private static String time(long micros) {
    long seconds = micros / MICROS_PER_SECOND;
    StringBuilder text = new StringBuilder(16);
    pad(text, seconds / 3600, 2);
    pad(text.append(':'), seconds / 60 % 60, 2);
    pad(text.append(':'), seconds % 60, 2);
    pad(text.append('.'), micros % MICROS_PER_SECOND, 6);
    return text.toString();
  }

  // String.format takes longer than everything else that is done for a row.
  private static void pad(StringBuilder text, long number, int digits) {
    String plain = Long.toString(number);
    text.repeat('0', Math.max(0, digits - plain.length())).append(plain);
  }

  private static String era(int year) {
    return year > 0 ? "" : " BC";
  }
}
