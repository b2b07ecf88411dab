package dev.cutover.orchestrator.outbound;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.HttpCall;
import dev.cutover.contract.OutboundReply.HttpCalled;
import dev.cutover.contract.Template;
import dev.cutover.orchestrator.outbound.HttpSender.Answer;
import dev.cutover.runtime.Credentials;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Calls a system of the team. The call carries {@code Idempotency-Key}, the same for each attempt
 * at one decision, and is signed when the plan names a secret.
 */
final class HttpCaller {
  private final HttpSender sender;
  private final Credentials credentials;

  HttpCaller(HttpSender sender, Credentials credentials) {
    this.sender = sender;
    this.credentials = credentials;
  }

  HttpCalled call(CommandHeader header, HttpCall call, Deadline deadline)
      throws Refused, InterruptedException {
    Map<String, String> variables = variables(header, call);
    refuseUnknown(call, variables);
    Vault vault = new Vault(credentials);
    String url = new Template(call.url()).fill(variables, HttpCaller::inUrl);
    String body = call.body().map(text -> body(call, text, variables)).orElse("");
    Map<String, String> headers = new LinkedHashMap<>();
    call.headers().forEach((name, value) -> headers.put(name, new Template(value).fill(variables)));
    headers.put("Idempotency-Key", header.idempotencyKey());
    if (call.authorizeWith().isPresent()) {
      headers.put("Authorization", vault.authorization(call.authorizeWith().get()));
    }
    if (call.signWith().isPresent()) {
      headers.putAll(
          StandardWebhooks.headers(
              header.idempotencyKey(),
              deadline.clock().instant(),
              body,
              vault.secret(call.signWith().get(), "webhook")));
    }
    String shown = call.method() + " " + HttpSender.shown(url);
    Answer answer = sender.send(call.method(), url, shown, headers, body, deadline);
    String excerpt = Excerpt.of(answer.body(), vault);
    boolean expected =
        call.statuses().isEmpty()
            ? answer.status() >= 200 && answer.status() < 300
            : call.statuses().contains(answer.status());
    if (!expected) {
      throw HttpSender.refusal(shown, answer.status(), wanted(call), excerpt);
    }
    JsonExpectations.check(call, variables, answer.body(), deadline.clock().instant(), vault);
    return new HttpCalled(header.step(), answer.status(), answer.tookMs(), excerpt);
  }

  private static Map<String, String> variables(CommandHeader header, HttpCall call) {
    Map<String, String> variables = new HashMap<>(call.variables());
    variables.put("cutover", header.step().cutover().value());
    variables.put("step", header.step().step());
    variables.put("attempt", Integer.toString(header.step().attempt()));
    variables.put("epoch", Long.toString(header.epoch()));
    variables.put("idempotencyKey", header.idempotencyKey());
    return variables;
  }

  private static void refuseUnknown(HttpCall call, Map<String, String> variables) throws Refused {
    List<String> texts = new ArrayList<>(call.headers().values());
    texts.addAll(call.expectedJson().values());
    texts.add(call.url());
    call.body().ifPresent(texts::add);
    for (String text : texts) {
      var unknown = new Template(text).unknown(variables);
      if (unknown.isPresent()) {
        throw Refused.unsuitable(
            "Expected a value for ${%s}, but the plan gives none".formatted(unknown.get()));
      }
    }
  }

  /** A value must not be able to break out of the body that the plan's author wrote. */
  private static String body(HttpCall call, String text, Map<String, String> variables) {
    String type =
        call.headers().entrySet().stream()
            .filter(header -> header.getKey().equalsIgnoreCase("content-type"))
            .map(header -> header.getValue().toLowerCase(Locale.ROOT))
            .findFirst()
            .orElse("");
    UnaryOperator<String> escape =
        type.contains("json") || (type.isEmpty() && text.stripLeading().startsWith("{"))
            ? value -> new String(JsonStringEncoder.getInstance().quoteAsString(value))
            : type.contains("form-urlencoded") ? HttpCaller::inUrl : UnaryOperator.identity();
    return new Template(text).fill(variables, escape);
  }

  private static String inUrl(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String wanted(HttpCall call) {
    return call.statuses().isEmpty()
        ? "200 to 299"
        : call.statuses().stream().map(String::valueOf).collect(Collectors.joining(" or "));
  }
}
