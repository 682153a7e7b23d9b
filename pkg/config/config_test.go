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
