package dev.cutover.dns.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.dns.adapter.HaProxyState.UnreadableException;
import dev.cutover.dns.domain.EpochMark;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Answers as HAProxy 2.6.12 gave them, columns that nobody reads left out. */
class HaProxyStateTest {
  private static final String STATES =
      """
      1
      # be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight
      3 web 1 blue1 127.0.0.1 2 0 150 1
      3 web 2 blue2 127.0.0.1 0 32 150 1
      3 web 3 green1 127.0.0.1 2 0 100 0
      3 web 4 spare 127.0.0.1 2 0 1 1
      3 web 5 closed 127.0.0.1 0 5 1 1
      3 web 6 drained 127.0.0.1 2 8 1 1
      3 web 7 idle 127.0.0.1 2 0 0 0
      """;
  private static final String STATISTICS =
      """
      # pxname,svname,stot,status,bck,type,check_status,last_chk,algo,
      web,blue1,12,UP,0,2,L4OK,,,
      web,blue2,7,DOWN,0,2,L4CON,Connection refused,,
      web,green1,3,UP 1/3,0,2,* L7OK,,,
      web,spare,0,no check,1,2,,,,
      web,closed,0,MAINT,0,2,,,,
      web,drained,1,DRAIN,0,2,L4OK,,,
      web,idle,0,DRAIN,0,2,L4OK,,,
      web,BACKEND,23,UP,0,1,,,roundrobin,
      """;

  private static HaProxyState state(String mark) throws UnreadableException {
    return HaProxyState.parse(List.of("admin", mark, STATES.strip(), STATISTICS.strip()));
  }

  @Test
  void shouldRefuseWhatIsNoAnswer() {
    for (List<String> wrong :
        List.of(
            List.of("admin", "Variable not found.", "Can't find backend.", STATISTICS),
            List.of("admin", "Variable not found.", STATES, "No such proxy."),
            List.of("admin", "Variable not found.", "", STATISTICS),
            List.of("user", "Permission denied", STATES, STATISTICS),
            List.of("admin", "Unknown command", STATES, STATISTICS),
            List.of("admin", "Variable not found.", STATES.replace("150", "a"), STATISTICS),
            List.of("admin", "Variable not found.", STATES, STATISTICS.replace("stot", "s")))) {
      assertThatThrownBy(() -> HaProxyState.parse(wrong))
          .as("%s", wrong)
          .isInstanceOf(UnreadableException.class)
          .hasMessageContaining("Expected");
    }
  }

  @Test
  void shouldTellWhoGetsNewSessionsByTheRatioOfWeights() throws Exception {
    // when
    HaProxyState state = state("Variable not found.");
    // then: whoever is down keeps its part of the weights, whoever was set aside has none
    assertThat(state.set("Web."))
        .isEqualTo(
            new RecordSet(
                "Web.",
                RecordType.SERVER,
                0,
                List.of("blue1 weight=3", "blue2 weight=3", "green1 weight=2")));
    assertThat(state.algorithm()).isEqualTo("roundrobin");
    assertThat(server(state, "blue1").sessions()).isEqualTo(12);
    assertThat(state.epochMark()).isEqualTo(new EpochMark.Absent());
  }

  @Test
  void shouldTellWhoCouldServe() throws Exception {
    // when
    HaProxyState state = state("Variable not found.");
    // then
    assertThat(
            state.servers().values().stream()
                .filter(HaProxyState.Server::isUp)
                .map(HaProxyState.Server::name))
        .containsExactlyInAnyOrder("blue1", "green1", "idle");
    assertThat(server(state, "blue2").describe())
        .isEqualTo("blue2 is DOWN (L4CON Connection refused)");
    assertThat(server(state, "green1").describe()).isEqualTo("green1 is UP 1/3 (L7OK)");
    assertThat(server(state, "spare").describe()).isEqualTo("spare is no check (a backup server)");
    assertThat(server(state, "closed").describe()).isEqualTo("closed is MAINT");
  }

  private static HaProxyState.Server server(HaProxyState state, String name) {
    return Objects.requireNonNull(state.servers().get(name));
  }

  @Test
  void shouldReadTheMarkOfAnOrderAPersonOrNobody() throws Exception {
    assertThat(state("proc.cutover.web: type=str value=<epoch=7 cutover=shop ended>").epochMark())
        .isEqualTo(new EpochMark.Epoch(7, new CutoverId("shop"), true));
    assertThat(state("proc.cutover.web: type=str value=<manual>").epochMark().values())
        .containsExactly(EpochMark.MANUAL);
    assertThat(state("proc.cutover.web: type=sint value=<7>").epochMark())
        .isInstanceOf(EpochMark.Foreign.class);
    assertThat(state("proc.cutover.web: type=str value=<>").epochMark())
        .isEqualTo(new EpochMark.Absent());
  }

  @Test
  void shouldKeepMarksOfDifferentBackendsApart() {
    assertThat(HaProxyState.variable("Web")).isEqualTo("proc.cutover.Web");
    assertThat(HaProxyState.variable("web-eu.1")).isEqualTo("proc.cutover.web_2deu_2e1");
    assertThat(HaProxyState.variable("web_2deu")).isNotEqualTo(HaProxyState.variable("web-eu"));
  }
}
