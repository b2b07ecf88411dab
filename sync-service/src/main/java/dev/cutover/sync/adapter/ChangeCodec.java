package dev.cutover.sync.adapter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.ChangeChunk;
import dev.cutover.sync.domain.Commit;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Row;
import dev.cutover.sync.domain.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a chunk as JSON and reads it. Table and column names appear once a chunk: {@code
 * {"e":epoch,"n":number,"b":begin,"l":"end","t":endedAtMs,"s":[["schema","table","column",..],..],"c":[..]}},
 * a change is {@code ["i",shape,[values]]}, {@code ["u",shape,[key],shape,[values]]}, {@code
 * ["d",shape,[key]]}, {@code ["t",shape]} or {@code ["m","id","at"]}; a value is a text, null,
 * {@code false} where unchanged and {@code true} where to be read again.
 */
final class ChangeCodec {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxDocumentLength(-1)
                  .build())
          .build();

  private ChangeCodec() {}

  private record Shape(TableName table, List<String> columns) {}

  static byte[] encode(ChangeChunk chunk) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberField("e", chunk.epoch());
      json.writeNumberField("n", chunk.number());
      json.writeBooleanField("b", chunk.begin());
      if (chunk.end().isPresent()) {
        json.writeStringField("l", chunk.end().get().lsn().toString());
        json.writeNumberField("t", chunk.end().get().at().toEpochMilli());
      }
      Map<Shape, Integer> shapes = shapes(chunk.changes());
      json.writeArrayFieldStart("s");
      for (Shape shape : shapes.keySet()) {
        json.writeStartArray();
        json.writeString(shape.table().schema());
        json.writeString(shape.table().name());
        for (String column : shape.columns()) {
          json.writeString(column);
        }
        json.writeEndArray();
      }
      json.writeEndArray();
      json.writeArrayFieldStart("c");
      for (Change change : chunk.changes()) {
        json.writeStartArray();
        encode(change, shapes, json);
        json.writeEndArray();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static Map<Shape, Integer> shapes(List<Change> changes) {
    Map<Shape, Integer> shapes = new LinkedHashMap<>();
    for (Change change : changes) {
      switch (change) {
        case Change.Insert insert -> add(shapes, insert.table(), insert.after().columns());
        case Change.Update update -> {
          add(shapes, update.table(), update.key().columns());
          add(shapes, update.table(), update.after().columns());
        }
        case Change.Delete delete -> add(shapes, delete.table(), delete.key().columns());
        case Change.Truncate truncate -> add(shapes, truncate.table(), List.of());
        case Change.Mark mark -> {}
      }
    }
    return shapes;
  }

  private static void add(Map<Shape, Integer> shapes, TableName table, List<String> columns) {
    shapes.putIfAbsent(new Shape(table, columns), shapes.size());
  }

  private static void encode(Change change, Map<Shape, Integer> shapes, JsonGenerator json)
      throws IOException {
    switch (change) {
      case Change.Insert insert -> {
        json.writeString("i");
        encode(insert.table(), insert.after(), shapes, json);
      }
      case Change.Update update -> {
        json.writeString("u");
        encode(update.table(), update.key(), shapes, json);
        encode(update.table(), update.after(), shapes, json);
      }
      case Change.Delete delete -> {
        json.writeString("d");
        encode(delete.table(), delete.key(), shapes, json);
      }
      case Change.Truncate truncate -> {
        json.writeString("t");
        encode(truncate.table(), new Row(List.of(), List.of()), shapes, json);
      }
      case Change.Mark mark -> {
        json.writeString("m");
        json.writeString(mark.id());
        json.writeString(mark.at().toString());
      }
    }
  }

  private static void encode(
      TableName table, Row row, Map<Shape, Integer> shapes, JsonGenerator json) throws IOException {
    Integer shape = shapes.get(new Shape(table, row.columns()));
    json.writeNumber(shape == null ? -1 : shape);
    json.writeStartArray();
    for (Value value : row.values()) {
      switch (value) {
        case Value.Text(String text) -> json.writeString(text);
        case Value.Special.NULL -> json.writeNull();
        case Value.Special.UNCHANGED -> json.writeBoolean(false);
        case Value.Special.REFETCH -> json.writeBoolean(true);
      }
    }
    json.writeEndArray();
  }

  /** Reads a chunk; bytes that are none throw {@link UncheckedIOException}. */
  static ChangeChunk decode(byte[] bytes) {
    try (JsonParser json = JSON.createParser(bytes)) {
      long epoch = 0;
      long number = 0;
      boolean isBegin = false;
      Optional<Lsn> end = Optional.empty();
      Instant endAt = Instant.EPOCH;
      List<Shape> shapes = new ArrayList<>();
      List<Change> changes = new ArrayList<>();
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "e" -> epoch = json.getLongValue();
          case "n" -> number = json.getLongValue();
          case "b" -> isBegin = json.getBooleanValue();
          case "l" -> end = Optional.of(Lsn.parse(json.getText()));
          case "t" -> endAt = Instant.ofEpochMilli(json.getLongValue());
          case "s" -> {
            while (json.nextToken() == JsonToken.START_ARRAY) {
              shapes.add(shape(json));
            }
          }
          case "c" -> {
            while (json.nextToken() == JsonToken.START_ARRAY) {
              changes.add(change(json, shapes));
            }
          }
          default -> throw new IOException("Expected a change chunk, but it has a field " + name);
        }
      }
      Instant at = endAt;
      return new ChangeChunk(epoch, number, isBegin, changes, end.map(lsn -> new Commit(lsn, at)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Shape shape(JsonParser json) throws IOException {
    TableName table = new TableName(json.nextTextValue(), json.nextTextValue());
    List<String> columns = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      columns.add(json.getText());
    }
    return new Shape(table, List.copyOf(columns));
  }

  private static Change change(JsonParser json, List<Shape> shapes) throws IOException {
    String kind = json.nextTextValue();
    Change change =
        switch (kind) {
          case "m" -> new Change.Mark(json.nextTextValue(), Instant.parse(json.nextTextValue()));
          case "i" -> {
            Shape shape = shapes.get(json.nextIntValue(-1));
            yield new Change.Insert(shape.table(), row(json, shape));
          }
          case "u" -> {
            Shape shape = shapes.get(json.nextIntValue(-1));
            Row key = row(json, shape);
            yield new Change.Update(
                shape.table(), key, row(json, shapes.get(json.nextIntValue(-1))));
          }
          case "d" -> {
            Shape shape = shapes.get(json.nextIntValue(-1));
            yield new Change.Delete(shape.table(), row(json, shape));
          }
          case "t" -> {
            Shape shape = shapes.get(json.nextIntValue(-1));
            row(json, shape);
            yield new Change.Truncate(shape.table());
          }
          default -> throw new IOException("Expected a change, but its kind is " + kind);
        };
    if (json.nextToken() != JsonToken.END_ARRAY) {
      throw new IOException("Expected the end of a change, but found " + json.currentToken());
    }
    return change;
  }

  private static Row row(JsonParser json, Shape shape) throws IOException {
    List<Value> values = new ArrayList<>(shape.columns().size());
    json.nextToken();
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      values.add(
          switch (token) {
            case VALUE_NULL -> Value.Special.NULL;
            case VALUE_FALSE -> Value.Special.UNCHANGED;
            case VALUE_TRUE -> Value.Special.REFETCH;
            default -> new Value.Text(json.getText());
          });
    }
    return new Row(shape.columns(), values);
  }
}
