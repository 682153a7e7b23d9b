package bus

import (
	"strings"
	"testing"
)

func TestNoPasswordAndNoTokenIsLogged(t *testing.T) {
	t.Parallel()
	for urls, want := range map[string]string{
		"nats://127.0.0.1:4222":                         "nats://127.0.0.1:4222",
		"nats://bot:hunter2@nats:4222":                  "nats://bot:xxxxx@nats:4222",
		"nats://hunter2@nats:4222":                      "nats://xxxxx@nats:4222",
		"tls://a:1,nats://hunter2@b,nats://c:hunter2@d": "tls://a:1,nats://xxxxx@b,nats://c:xxxxx@d",
	} {
		if got := redact(urls); got != want || strings.Contains(got, "hunter") {
			t.Errorf("%s is logged as %s, want %s", urls, got, want)
		}
	}
	if got := redact("bot:hunter2@nats:4222"); strings.Contains(got, "hunter") {
		t.Errorf("what is no URL is logged as %s", got)
	}
}
