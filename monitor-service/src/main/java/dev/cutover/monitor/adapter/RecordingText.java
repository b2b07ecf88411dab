package dev.cutover.monitor.adapter;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.cutover.contract.MessageCodec;
import dev.cutover.monitor.domain.ProbeResult;
import dev.cutover.monitor.domain.Reading;
import dev.cutover.monitor.domain.Reading.Series;
import dev.cutover.monitor.domain.Recorded;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Lines of recordings as JSON, as strict as messages are. A series is written as {@code KIND edge
 * labels}; numbers as the shortest text that reads as the same.
 */
public final class RecordingText {
  private static final int GZIP_MAGIC = 0x1f;

  private final JsonMapper json;

  public RecordingText() {
    JsonMapper.Builder builder = MessageCodec.mapper(Set.of(Recorded.Judged.class)).rebuild();
    for (Class<?> type : List.of(Recorded.class, Reading.class, ProbeResult.Outcome.class)) {
      builder.addMixIn(type, Kinded.class);
      for (Class<?> kind : type.getPermittedSubclasses()) {
        builder.registerSubtypes(new NamedType(kind, kind.getSimpleName()));
      }
    }
    json =
        builder
            .addMixIn(Recorded.Judged.class, WithoutEmpty.class)
            .addMixIn(ProbeResult.class, WithoutDerived.class)
            .addModule(
                new SimpleModule()
                    .addKeySerializer(Series.class, new SeriesText())
                    .addKeyDeserializer(Series.class, new TextSeries()))
            .build();
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  private interface Kinded {}

  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  private interface WithoutEmpty {}

  private interface WithoutDerived {
    @SuppressWarnings("UnusedMethod") // Jackson reads it
    @JsonIgnore
    boolean isPassed();
  }

  private static final class SeriesText extends JsonSerializer<Series> {
    @Override
    public void serialize(Series series, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeFieldName(
          "%s %s %s".formatted(series.kind(), series.edgeSeconds(), series.labels()));
    }
  }

  private static final class TextSeries extends KeyDeserializer {
    @Override
    public Series deserializeKey(String key, DeserializationContext context) throws IOException {
      String[] words = key.split(" ", 3);
      try {
        return new Series(
            Reading.Kind.valueOf(words[0]),
            words.length > 2 ? words[2] : "",
            Double.parseDouble(words[1]));
      } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
        throw (IOException)
            context.weirdKeyException(Series.class, key, "expected KIND edge labels").initCause(e);
      }
    }
  }

  /** Writes a line, without its end. */
  String line(Recorded line) throws JsonProcessingException {
    return json.writerFor(Recorded.class).writeValueAsString(line);
  }

  /**
   * Reads a recording, compressed or not.
   *
   * @param sink takes each line
   * @return whether it is whole; otherwise it ends in the middle of a line, as after a kill
   * @throws IOException when it can't be read
   * @throws IllegalArgumentException with the line and its fault, when it is no recording
   */
  public boolean read(Path file, Consumer<Recorded> sink) throws IOException {
    try (InputStream raw = Files.newInputStream(file);
        InputStream plain = plain(raw);
        Lines lines = new Lines(plain)) {
      String next = lines.next();
      for (int number = 1; next != null; number++) {
        String line = next;
        next = lines.next();
        Recorded read;
        try {
          read = json.readValue(line, Recorded.class);
        } catch (JsonProcessingException e) {
          if (next == null && number > 1) {
            return false; // it was being written
          }
          throw new IllegalArgumentException(
              "Expected a recording in %s, but line %d is not a line of one: %s"
                  .formatted(file, number, e.getOriginalMessage()),
              e);
        }
        try {
          sink.accept(read);
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(
              "%s, line %d: %s".formatted(file, number, e.getMessage()), e);
        }
      }
      return !lines.cut;
    } catch (ZipException e) {
      throw new IOException("Expected a recording, but it is damaged: " + e.getMessage(), e);
    }
  }

  /** Lines up to where the file ends, be it in the middle of what is compressed. */
  private static final class Lines implements AutoCloseable {
    private final BufferedReader reader;
    private boolean cut;

    Lines(InputStream plain) {
      reader = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
    }

    @Nullable String next() throws IOException {
      try {
        return cut ? null : reader.readLine();
      } catch (EOFException e) {
        cut = true;
        return null;
      }
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }

  private static InputStream plain(InputStream raw) throws IOException {
    PushbackInputStream ahead = new PushbackInputStream(raw);
    int first = ahead.read();
    if (first >= 0) {
      ahead.unread(first);
    }
    return first == GZIP_MAGIC ? new GZIPInputStream(ahead) : ahead;
  }
}
