package dev.cutover.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** A programme file whose members' plans are files beside it: one text with all of them in it. */
final class ProgrammeFile {
  private ProgrammeFile() {}

  /**
   * Reads a programme and the plans that it names; what is no file name is left as it is.
   *
   * @throws IOException when one of them can't be read, or the programme is no YAML
   */
  static String read(Path file) throws IOException {
    Object read;
    try {
      read = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
    } catch (YAMLException e) {
      throw new IOException("Expected YAML, but " + e.getMessage(), e);
    }
    if (!(read instanceof Map<?, ?> programme)
        || !(programme.get("members") instanceof List<?> members)) {
      return Files.readString(file); // its reader says what is missing
    }
    List<Object> whole = new ArrayList<>();
    for (Object member : members) {
      whole.add(member instanceof Map<?, ?> entry ? withPlan(entry, file) : member);
    }
    Map<Object, Object> inlined = new LinkedHashMap<>(programme);
    inlined.put("members", whole);
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setSplitLines(false);
    return new Yaml(options).dump(inlined);
  }

  private static Map<Object, Object> withPlan(Map<?, ?> member, Path file) throws IOException {
    Map<Object, Object> entry = new LinkedHashMap<>(member);
    if (member.get("plan") instanceof String name && !name.contains("\n")) {
      entry.put("plan", Files.readString(file.resolveSibling(name)));
    }
    return entry;
  }
}
