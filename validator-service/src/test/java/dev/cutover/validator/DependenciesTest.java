package dev.cutover.validator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CheckResult;
import dev.cutover.contract.CheckResult.Outcome;
import dev.cutover.contract.DataCheck;
import dev.cutover.contract.SystemCheck;
import java.util.List;
import org.junit.jupiter.api.Test;

class DependenciesTest {
  private static final DataCheck NETWORK = check("network");
  private static final DataCheck LOGIN = needs("login", "network");
  private static final DataCheck ORDER = needs("order", "login", "stock");
  private static final DataCheck STOCK = check("stock");

  private static DataCheck check(String name) {
    return new SystemCheck.TcpReach(name, List.of(), 1);
  }

  private static DataCheck needs(String name, String... needs) {
    return new DataCheck.Recommended(new DataCheck.Dependent(check(name), List.of(needs)));
  }

  private static CheckResult result(DataCheck check, Outcome outcome) {
    return new CheckResult(check.name(), outcome, "", List.of(), 1);
  }

  @Test
  void shouldRunWhatNeedsOthersAfterThem() {
    // given
    Dependencies dependencies = new Dependencies(List.of(ORDER, LOGIN, NETWORK, STOCK));

    // when, then
    assertThat(dependencies.next()).containsExactly(NETWORK, STOCK);
    dependencies.add(List.of(result(NETWORK, Outcome.MATCH), result(STOCK, Outcome.MATCH)));
    assertThat(dependencies.next()).containsExactly(LOGIN);
    dependencies.add(List.of(result(LOGIN, Outcome.MATCH)));
    assertThat(dependencies.next()).containsExactly(ORDER);
    dependencies.add(List.of(result(ORDER, Outcome.MATCH)));
    assertThat(dependencies.next()).isEmpty();
    assertThat(dependencies.results())
        .extracting(CheckResult::name)
        .containsExactly("order", "login", "network", "stock");
  }

  @Test
  void shouldBeInconclusiveWithTheReasonWhenWhatIsNeededDoesNotMatch() {
    // given
    Dependencies dependencies = new Dependencies(List.of(NETWORK, LOGIN, ORDER));
    dependencies.next();

    // when
    dependencies.add(List.of(result(NETWORK, Outcome.MISMATCH)));

    // then
    assertThat(dependencies.next()).isEmpty();
    assertThat(dependencies.results())
        .extracting(CheckResult::outcome)
        .containsExactly(Outcome.MISMATCH, Outcome.INCONCLUSIVE, Outcome.INCONCLUSIVE);
    assertThat(dependencies.results())
        .extracting(CheckResult::detail)
        .containsExactly(
            "", "needs network, which is mismatch", "needs login, which is inconclusive");
  }

  @Test
  void shouldNotWaitForWhatIsNotAskedFor() {
    // when, then
    assertThat(new Dependencies(List.of(ORDER)).next()).containsExactly(ORDER);
  }

  @Test
  void shouldBeInconclusiveWhenChecksNeedEachOther() {
    // given
    DataCheck one = needs("one", "other");
    DataCheck other = needs("other", "one");
    Dependencies dependencies = new Dependencies(List.of(one, NETWORK, other));

    // when
    assertThat(dependencies.next()).containsExactly(NETWORK);
    dependencies.add(List.of(result(NETWORK, Outcome.MATCH)));

    // then
    assertThat(dependencies.next()).isEmpty();
    assertThat(dependencies.results())
        .extracting(CheckResult::outcome)
        .containsExactly(Outcome.INCONCLUSIVE, Outcome.MATCH, Outcome.INCONCLUSIVE);
  }
}
