package config

import (
	"strings"
	"testing"
	"time"
)

func TestTheDefaultsAreGood(t *testing.T) {
	c, err := load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if !c.NATSSync.Always || c.Addr != "127.0.0.1:8080" || c.Streams != 8 {
		t.Errorf("defaults: %+v", c)
	}
}

func TestAllFaultsAreNamedAtOnce(t *testing.T) {
	_, err := load("gateway", map[string]string{
		"ADDR": "nowhere", "NATS_SYNC": "sometimes", "STREAMS": "many", "VISITOR_AUTH": "trust", "RETENTION": "week",
		"MONGO_URL": "postgres://x", "TOKEN_KEY": "short", "LLM_URL": "ftp://x", "BOT_KNOWLEDGE": "/does/not/exist",
		"RATE_PER_ADDRESS": "fast", "ADMIN_PASSWORD": "short",
	})
	if err == nil {
		t.Fatal("no fault was found")
	}
	for _, setting := range []string{"ADDR", "NATS_URL", "NATS_SYNC", "STREAMS", "VISITOR_AUTH", "RETENTION", "MONGO_URL", "TOKEN_KEY", "LLM_URL", "LLM_MODEL", "BOT_KNOWLEDGE", "RATE_PER_ADDRESS", "ADMIN_PASSWORD"} {
		if !strings.Contains("\n"+err.Error(), "\n"+setting+": ") {
			t.Errorf("%s is not named in:\n%v", setting, err)
		}
	}
}

func TestSyncIsAlwaysOrATime(t *testing.T) {
	c, err := load("", map[string]string{"NATS_SYNC": "100ms"})
	if err != nil || c.NATSSync.Always || c.NATSSync.Every != 100*time.Millisecond {
		t.Errorf("%+v, %v", c.NATSSync, err)
	}
}

func TestNoSecretIsRepeated(t *testing.T) {
	_, err := load("", map[string]string{"TOKEN_KEY": "hunter2", "ADMIN_PASSWORD": "hunter3", "MONGO_URL": "x://u:hunter4@h", "LLM_URL": "ftp://u:hunter5@h/", "NATS_URL": "u:hunter6@nats:4222", "OTEL_EXPORTER_OTLP_ENDPOINT": "hunter7@h"})
	if err == nil || strings.Contains(err.Error(), "hunter") {
		t.Errorf("a secret is repeated: %v", err)
	}
}

// A value that can't be read has one fault, not a second one for what it became.
func TestASettingHasOneFault(t *testing.T) {
	_, err := load("", map[string]string{"WAIT_LIMIT": "abc", "STREAMS": "many", "RATE_PER_ADDRESS": "fast"})
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("three settings are wrong, and it says:\n%v", err)
	}
}

// Each of these was taken once, and was wrong only later, or for ever.
func TestWhatCanNotWorkIsRefusedAtTheStart(t *testing.T) {
	for _, c := range []struct{ setting, value, says string }{
		{"NATS_URL", "nats://127.0.0.1:99999", "is not a URL"},
		{"NATS_URL", "nats://:4222", "is not a URL"},
		{"NATS_URL", "nats://a:4222,ws://b:80", "either all servers are reached by WebSocket"},
		{"MONGO_URL", "mongodb://db/parley\n", "it holds a line break"},
		{"ADMIN_PASSWORD", "a long password\n", "it holds a line break"},
		{"RATE_PER_CONNECTION", "Inf", "not a number from 0.01 to"},
		{"RATE_PER_ADDRESS", "1e300", "not a number from 0.01 to"},
		{"RATE_PER_ADDRESS", "1e-300", "not a number from 0.01 to"},
		{"BOT_NAME", "   ", "a name has 1 to 64"},
		{"BOT_NAME", strings.Repeat("bot ", 20), "a name has 1 to 64"},
		{"BOT_NAME", "Bot\nof Parley", "it holds a line break"},
		{"LLM_URL", "http://llm:99999/v1", "is not a URL"},
		{"LLM_URL", "http://u:hunter2@llm/v1", "is LLM_KEY"},
		{"LLM_URL", "http://llm/v1?key=hunter2", "is LLM_KEY"},
		{"LLM_KEY", "hunter 2", "printable ASCII"},
		{"LLM_KEY", "hunter2\n", "it holds a line break"},
		{"OTEL_EXPORTER_OTLP_HEADERS", "hunter2", "it is not a list such as name=value"},
		{"OTEL_EXPORTER_OTLP_HEADERS", "authorization=hunter%zz", "it is not a list such as name=value"},
	} {
		vars := map[string]string{"NATS_URL": "nats://nats:4222", "LLM_URL": "http://llm/v1", "LLM_MODEL": "m"}
		vars[c.setting] = c.value
		_, err := load("gateway", vars)
		if err == nil || !strings.HasPrefix(err.Error(), c.setting+": ") || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "hunter") {
			t.Errorf("%s=%q: it says %v, want %s", c.setting, c.value, err, c.says)
		}
	}
	// Tokens that were signed with such a key have to stay valid.
	if _, err := load("", map[string]string{"TOKEN_KEY": strings.Repeat("k", 32) + "\n"}); err != nil {
		t.Error(err)
	}
}
