package dev.cutover.dns.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.FailureKind;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.dns.adapter.ZonePrimary.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.route53.model.InvalidChangeBatchException;
import software.amazon.awssdk.services.route53.model.Route53Exception;

class Route53AnswersTest {
  private static final Route53 ZONE = new Route53("Z1TEST", "shop-dns");

  @ParameterizedTest
  @CsvSource({
    "400, Throttling,              Deferred, the account has used up its requests",
    "400, ThrottlingException,     Deferred, nothing was changed",
    "400, PriorRequestNotComplete, Deferred, hosted zone Z1TEST",
    "404, NoSuchHostedZone,        Denied,   hosted zone Z1TEST in the account of credentials shop-dns",
    "403, AccessDenied,            Denied,   no rights for you",
    "403, SignatureDoesNotMatch,   Denied,   the secret key differs",
    "403, InvalidClientTokenId,    Denied,   to accept credentials shop-dns",
    "403, ExpiredToken,            Denied,   ExpiredToken",
    "400, InvalidInput,            Denied,   400 InvalidInput: no rights for you",
    "503, ServiceUnavailable,      Unknown,  may have taken effect",
    "500, InternalFailure,         Unknown,  may have taken effect",
  })
  void shouldSayWhatEachRefusalMeans(int status, String code, String outcome, String words) {
    // when
    Outcome meaning =
        Route53Answers.meaning(
            Route53Exception.builder()
                .statusCode(status)
                .awsErrorDetails(
                    AwsErrorDetails.builder()
                        .errorCode(code)
                        .errorMessage("no rights for you")
                        .build())
                .build(),
            ZONE);
    // then
    assertThat(meaning.getClass().getSimpleName()).isEqualTo(outcome);
    assertThat(meaning.toString()).contains("Expected").contains(words);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Tried to delete resource record set [name='a.shop.example.', type='A'] but it was not found",
        "Tried to delete resource record set [name='a.shop.example.', type='A'] but the values provided do not match the current values",
        "Tried to create resource record set [name='a.shop.example.', type='A'] but it already exists",
        "RRSet of type CNAME with DNS name a.shop.example. is not permitted because a conflicting RRSet of type A with the same DNS name already exists in zone shop.example.",
        "RRSet with DNS name a.shop.example., type A, SetIdentifier blue cannot be created as a non-weighted set exists with the same name and type.",
      })
  void shouldTellStateFromWhatIsNeverTaken(String message) {
    assertThat(meaning(message)).isInstanceOf(Outcome.Unmet.class);
    assertThat(meaning("[" + message + ", " + message + "]")).isInstanceOf(Outcome.Unmet.class);
    assertThat(meaning("[" + message + ", Invalid Resource Record: 'FATAL problem: x']"))
        .isInstanceOfSatisfying(
            Outcome.Denied.class,
            denied -> assertThat(denied.kind()).isEqualTo(FailureKind.UNSUITABLE));
  }

  @Test
  void shouldNotTakeAnEmptyRefusalForAConflict() {
    assertThat(meaning("")).isInstanceOf(Outcome.Denied.class);
  }

  @Test
  void shouldTellMissingCredentialsFromAMissingAnswer() {
    assertThat(
            Route53Answers.meaning(
                SdkClientException.create(
                    "Unable to load credentials from any of the providers in the chain"),
                ZONE))
        .isInstanceOf(Outcome.Denied.class);
    assertThat(
            Route53Answers.meaning(
                SdkClientException.create("Unable to execute HTTP request: reset"), ZONE))
        .isInstanceOf(Outcome.Unknown.class);
  }

  @Test
  void shouldReadTheListOfMessagesThatTheSdkDoesNot() {
    // given
    String xml =
        """
        <?xml version="1.0"?>
        <InvalidChangeBatch xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Messages>\
        <Message>Tried to create resource record set [name='a.', type='A'] but it already exists</Message>\
        <Message>Tried to delete resource record set [name='b.', type='A'] but it was not found</Message>\
        </Messages><RequestId>r</RequestId></InvalidChangeBatch>""";
    // when
    Outcome meaning =
        Route53Answers.meaning(
            Route53Exception.builder()
                .statusCode(400)
                .awsErrorDetails(
                    AwsErrorDetails.builder().rawResponse(SdkBytes.fromUtf8String(xml)).build())
                .build(),
            ZONE);
    // then
    assertThat(meaning)
        .isInstanceOfSatisfying(
            Outcome.Unmet.class,
            unmet -> assertThat(unmet.answer()).contains("already exists; ", "was not found"));
  }

  private static Outcome meaning(String text) {
    return Route53Answers.meaning(
        InvalidChangeBatchException.builder()
            .statusCode(400)
            .awsErrorDetails(
                AwsErrorDetails.builder()
                    .errorCode("InvalidChangeBatch")
                    .errorMessage(text)
                    .build())
            .build(),
        ZONE);
  }
}
