package config

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheDefaultsAreValid(t *testing.T) {
	c, faults := load("", nil)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if !c.NATSSync.Always || c.Addr != "127.0.0.1:8080" || c.Streams != 0 {
		t.Errorf("defaults: %+v", c)
	}
}

func TestAllFaultsAreFoundAtOnce(t *testing.T) {
	_, faults := load("gateway", map[string]string{
		"ADDR": "nowhere", "HEALTH_ADDR": "1", "NATS_SYNC": "sometimes", "STREAMS": "many", "VISITOR_AUTH": "trust", "RETENTION": "week",
		"TOKEN_KEY": "short", "LLM_URL": "ftp://x", "BOT_KNOWLEDGE": "/does/not/exist", "RATE_PER_ADDRESS": "fast", "ADMIN_PASSWORD": "short",
	})
	want := []string{"ADDR", "ADMIN_PASSWORD", "BOT_KNOWLEDGE", "HEALTH_ADDR", "LLM_MODEL", "LLM_URL", "NATS_SYNC", "NATS_URL", "RATE_PER_ADDRESS", "RETENTION", "STREAMS", "TOKEN_KEY", "VISITOR_AUTH"}
	var got []string
	for _, fault := range faults {
		got = append(got, fault.Setting)
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("the faults are\n%v\nwant some of %v", faults, want)
	}
}

func TestNATSSyncIsAlwaysOrADuration(t *testing.T) {
	c, faults := load("", map[string]string{"NATS_SYNC": "100ms"})
	if len(faults) > 0 || c.NATSSync.Always || c.NATSSync.Every != 100*time.Millisecond {
		t.Errorf("%+v, %v", c.NATSSync, faults)
	}
}

func TestNoSecretIsRepeated(t *testing.T) {
	secrets := map[string]string{"TOKEN_KEY": "hunter2", "ADMIN_PASSWORD": "hunter3", "LLM_URL": "ftp://u:hunter4@h/", "LLM_KEY": "hunter 5", "NATS_URL": "u:hunter6@nats:4222", "REGIONS": "eu=nats://u:hunter8@eu:4222; ap=nats:/u:hunter9@ap:4222", "OTEL_EXPORTER_OTLP_ENDPOINT": "hunter7@h"}
	_, faults := load("", secrets)
	if strings.Contains(faults.Error(), "hunter") {
		t.Errorf("a secret is repeated:\n%v", faults)
	}
	for setting := range secrets {
		if !faults.Has(setting) {
			t.Errorf("%s is not a fault", setting)
		}
	}
}

// A value that can't be read is one fault; the default in its place is not another one.
func TestASettingHasOneFault(t *testing.T) {
	_, faults := load("", map[string]string{"WAIT_LIMIT": "abc", "STREAMS": "many", "RATE_PER_ADDRESS": "fast"})
	if len(faults) != 3 {
		t.Errorf("three settings are wrong, and it says:\n%v", faults)
	}
}

// Each of these was once accepted, and failed only later, or never worked.
func TestSettingsThatCannotWorkAreRefusedAtStartup(t *testing.T) {
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
		{"BOT_NAME", "evil\u202etob", "can't be seen"},
		{"BOT_NAME", "\u200b\u200b", "can't be seen"},
		{"BOT_NAME", "\u200d", "nothing in it can be seen"},
		{"BOT_NAME", "\u0301", "nothing in it can be seen"},
		{"LLM_URL", "http://llm:99999/v1", "is not a URL"},
		{"LLM_URL", "http://u:hunter2@llm/v1", "key is LLM_KEY"},
		{"LLM_URL", "http://llm/v1?key=hunter2", "key is LLM_KEY"},
		{"LLM_KEY", "hunter 2", "printable ASCII"},
		{"LLM_KEY", "hunter2\n", "it holds a line break"},
		{"OTEL_EXPORTER_OTLP_HEADERS", "hunter2", "it is not a list such as name=value"},
		{"OTEL_EXPORTER_OTLP_HEADERS", "authorization=hunter%zz", "it is not a list such as name=value"},
	} {
		vars := map[string]string{"NATS_URL": "nats://nats:4222", "LLM_URL": "http://llm/v1", "LLM_MODEL": "m"}
		vars[c.setting] = c.value
		_, faults := load("gateway", vars)
		if len(faults) != 1 || !faults.Has(c.setting) || !strings.Contains(faults[0].Sentence, c.says) || strings.Contains(faults[0].Sentence, "hunter") {
			t.Errorf("%s=%q: it says %v, want %s", c.setting, c.value, faults, c.says)
		}
	}
	// Tokens that were signed with such a key must stay valid.
	if _, faults := load("", map[string]string{"TOKEN_KEY": strings.Repeat("k", 32) + "\n"}); len(faults) > 0 {
		t.Error(faults)
	}
}
