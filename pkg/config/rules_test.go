package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A setting that is added needs a rule, or a reason here why it has none.
func TestEverySettingHasOneRule(t *testing.T) {
	elsewhere := map[string]string{
		"DATA_DIR":          "any folder that can be created will do",
		"LLM_LIVE":          "true or false",
		"FILES":             "true or false",
		"NATS_SYNC":         "Sync reads it",
		"STREAMS":           "Streams reads it",
		"DISK_RESERVE":      "Size reads it",
		"BYTES_PER_ADDRESS": "Size reads it",
		"BYTES_PER_CHAT":    "Size reads it",
		"READ_PER_ADDRESS":  "Size reads it",
		"MONGO_URL":         "mongostore judges it",
		"PUBLIC_URL":        "the gateway reads it",
		"BASE_PATH":         "the gateway reads it",
		"ALLOWED_ORIGINS":   "the gateway reads it",
		"TRUSTED_PROXIES":   "the gateway reads it",
	}
	count := map[string]int{}
	for _, r := range rules {
		count[r.setting]++
		if !slices.Contains(Settings(), r.setting) {
			t.Errorf("there is no setting %s", r.setting)
		}
	}
	for _, setting := range Settings() {
		want := 1
		if elsewhere[setting] != "" {
			want = 0
		}
		if count[setting] != want {
			t.Errorf("%s has %d rules, not %d", setting, count[setting], want)
		}
	}
}

// Each of these values is just outside the bounds of its setting.
func TestEachRuleRefusesValuesOutsideItsBounds(t *testing.T) {
	noCertificate := filepath.Join(t.TempDir(), "ca.crt")
	if err := os.WriteFile(noCertificate, []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	for setting, values := range map[string][]string{
		"ADDR":                        {"8080", ":", "127.0.0.1:99999", "a host:80", ":nowhere"},
		"HEALTH_ADDR":                 {"8081", ":", ":99999", "a/host:80"},
		"PPROF_ADDR":                  {"6060", ":6060", "0.0.0.0:6060", "[::]:6060", "192.0.2.1:6060", "parley.example:6060", "127.0.0.1:99999", "127.0.0.1:8080"},
		"NATS_URL":                    {"nats", "http://nats:4222", "nats://a:4222,b", "tls://a:4222,wss://b:443"},
		"NATS_CA":                     {"/does/not/exist", noCertificate},
		"NATS_CREDS":                  {"/does/not/exist", noCertificate},
		"NATS_NKEY":                   {"/does/not/exist", noCertificate},
		"NATS_CERT":                   {"/does/not/exist", noCertificate},
		"NATS_KEY":                    {noCertificate},
		"NATS_MAX_BYTES":              {"15MB", "-1", "much"},
		"NATS_REPLICAS":               {"0", "2", "4", "7", "two"},
		"REGION":                      {"e", "EU", "eu-west", "abcdefghi", "eu1"},
		"REGIONS":                     {"eu", "nats://eu.example:4222", "EU=nats://eu.example:4222"}, // the first without REGION
		"STREAMS":                     {"0", "65", "1.5"},
		"GATEWAY_URL":                 {"gateway:8080", "ws://gateway", "http://gateway/chat", "http://u:p@gateway", "http://gateway?x"},
		"AUDIT_KEEP":                  {"29", "-1", "week", "36501"},
		"MASK":                        {"numbers", "cards,", "on"},
		"MASK_PATTERNS":               {"x", "a=(", "a=b*"},
		"RETENTION":                   {"59m", "week", "-1h"},
		"VISITOR_AUTH":                {"trust", "signed"}, // signed without a key is a fault of TOKEN_KEY
		"TOKEN_KEY":                   {strings.Repeat("k", 31)},
		"TOKEN_ISSUER":                {strings.Repeat("i", 201)},
		"ADMIN_PASSWORD":              {"123456789", strings.Repeat("p", 201)},
		"ESCALATE_WORDS":              {"hotline, …", strings.Repeat("w", 65), strings.Repeat("w,", 51)},
		"RATE_PER_CONNECTION":         {"0", "-1", "0.009", "1e9", "NaN", "fast"},
		"RATE_PER_ADDRESS":            {"0", "-1", "0.009", "1e9", "NaN", "fast"},
		"MESSAGES_PER_ADDRESS":        {"-1", "many", "1000000001"},
		"MESSAGES_PER_CHAT":           {"-1", "many", "1000000001"},
		"FILE_SIZE":                   {"0", "999", "101MB", "large"},
		"FILE_COUNT":                  {"0", "11", "many"},
		"FILE_KINDS":                  {",", "image", "image/", "/png", "*", "image/*/x", "text/html; charset=utf-8"},
		"FILE_BYTES_PER_ADDRESS":      {"1MB", "39MB"},
		"FILE_BYTES_PER_CHAT":         {"1MB", "39MB"},
		"FILE_SCAN":                   {"clamav", "http://clamav:3310", "clamd://", "clamd://clamav", "exec:", "exec: ", "clamd://clamav:3310/run"},
		"MAX_CONNECTIONS":             {"0", "-1", "all", "1000001"},
		"DRAIN_TIME":                  {"-1s", "5"},
		"BOT_NAME":                    {" ", strings.Repeat("b", 65)},
		"BOT_KNOWLEDGE":               {"/does/not/exist", noCertificate},
		"BOT_KNOWLEDGE_URL":           {"shop.example/help", "ftp://shop.example", "javascript:alert(1)", "https://shop.example/?q=1"},
		"BOT_SYNONYMS":                {"jumper", "jumper; anorak, parka", "jumper >", "> jumper", "a > b > c", "send back, return", "return, .. back", strings.Repeat("a, b; ", 4000)},
		"LLM_URL":                     {"llm", "ftp://llm/v1", "http://llm/v1#x"},
		"LLM_KEY":                     {"zwölf", "a b"},
		"LLM_CONTEXT":                 {"-1", "1023", "10000001", "8k"},
		"LLM_FIRST_WORD":              {"999ms", "10m1s", "45"},
		"LLM_CALLS_PER_CHAT":          {"-1", "100000001", "many"},
		"LLM_CALLS_PER_ADDRESS":       {"-1", "100000001"},
		"LLM_CALLS_PER_DAY":           {"-1", "100000001"},
		"LLM_TOKENS_PER_CHAT":         {"-1", "19999", "2000000001", "1e6"},
		"LLM_TOKENS_PER_ADDRESS":      {"-1", "1"},
		"LLM_TOKENS_PER_DAY":          {"-1", "2000000001"},
		"WAIT_LIMIT":                  {"4s", "10"},
		"ANSWER_LIMIT":                {"4s", "10"},
		"IDLE_LIMIT":                  {"59s", "10"},
		"ASSIGN":                      {"never", "AUTO"},
		"AGENT_CAPACITY":              {"0", "1001", "few"},
		"MAX_WAITING":                 {"0", "-1", "100001", "few"},
		"WAITING_PER_ADDRESS":         {"0", "-1", "100001", "few"},
		"OTEL_EXPORTER_OTLP_ENDPOINT": {"collector", "grpc://collector:4317"},
		"OTEL_EXPORTER_OTLP_HEADERS":  {"a", "=b", "a=b,c"},
		"OTEL_TRACES_SAMPLER":         {"all"},
		"OTEL_TRACES_SAMPLER_ARG":     {"-0.1", "1.1", "NaN", "half"},
		"LOG_LEVEL":                   {"verbose"},
		"LOG_FORMAT":                  {"xml"},
	} {
		for _, value := range values {
			vars := map[string]string{"NATS_URL": "nats://nats:4222", "LLM_URL": "http://llm/v1", "LLM_MODEL": "m"}
			vars[setting] = value
			about := setting
			if value == "signed" {
				about = "TOKEN_KEY"
			}
			if _, faults := load("gateway", vars); len(faults) != 1 || !faults.Has(about) {
				t.Errorf("%s=%q: the faults are %v", setting, value, faults)
			}
		}
	}
	for _, vars := range []map[string]string{
		{"LLM_URL": "http://llm/v1"}, // without LLM_MODEL
		{"LLM_MODEL": "m"}, {"LLM_KEY": "k"},
		{"NATS_REPLICAS": "3"}, // without NATS_URL
	} {
		if _, faults := load("", vars); len(faults) != 1 {
			t.Errorf("%v: the faults are %v", vars, faults)
		}
	}
}

func TestEachRuleAcceptsValuesWithinItsBounds(t *testing.T) {
	for setting, values := range map[string][]string{
		"ADDR": {":0", "localhost:http", "[::1]:8080"}, "HEALTH_ADDR": {":8081"}, "PPROF_ADDR": {"127.0.0.1:6060", "[::1]:6060", "localhost:6060", "127.1.2.3:0"}, "NATS_URL": {"nats://a:4222,nats://b:4222", "wss://a,ws://b"},
		"GATEWAY_URL":   {"http://gateway:8080", "https://gateway.example/"},
		"NATS_REPLICAS": {"1", "3", "5"}, "STREAMS": {"1", "64", "auto"}, "REGION": {"eu", "apse2"}, "MASK": {"off", "cards", "ibans, cards"}, "MASK_PATTERNS": {"customer=K-[0-9]{6}"}, "AUDIT_KEEP": {"0", "30", "36500"}, "RETENTION": {"1h"}, "VISITOR_AUTH": {"claim", "open"}, "TOKEN_KEY": {strings.Repeat("k", 32)}, "TOKEN_ISSUER": {"https://shop.example.org"},
		"ADMIN_PASSWORD": {"1234567890", strings.Repeat("p", 200)}, "RATE_PER_CONNECTION": {"0.01", "1e8"}, "RATE_PER_ADDRESS": {"0.01", "1e8"},
		"MESSAGES_PER_ADDRESS": {"0", "1"}, "MESSAGES_PER_CHAT": {"0", "1000000000"}, "BYTES_PER_ADDRESS": {"0", "1GB"}, "BYTES_PER_CHAT": {"1"}, "READ_PER_ADDRESS": {"0"},
		"FILES": {"false"}, "FILE_SIZE": {"1KB", "100MB"}, "FILE_COUNT": {"1", "10"}, "FILE_KINDS": {"image/*", "IMAGE/png, application/vnd.oasis.*", "text/x-c++"}, "FILE_BYTES_PER_ADDRESS": {"0", "40MB"}, "FILE_BYTES_PER_CHAT": {"0"}, "FILE_SCAN": {"clamd://clamav:3310", "clamd:///run/clamd.sock", "exec:/usr/bin/scan -"},
		"MAX_CONNECTIONS": {"1", "1000000"}, "DRAIN_TIME": {"0s"}, "BOT_NAME": {"b", strings.Repeat("ü", 64), `Lumi "the <b>bot</b>"`, "👩\u200d💻 Ada", "מאיה", "می\u200cخواهم", "O'Brien & Søn"}, "BOT_SYNONYMS": {"jumper, sweater; anorak > jacket", "return, hand .. back;", "a > b?, c"}, "BOT_KNOWLEDGE": {t.TempDir()}, "BOT_KNOWLEDGE_URL": {"https://shop.example/help/", "http://localhost:8000"},
		"LLM_URL": {"https://llm.example.org/v1"}, "LLM_KEY": {"~!"}, "LLM_CONTEXT": {"0", "1024"}, "LLM_FIRST_WORD": {"1s", "10m"}, "LLM_CALLS_PER_CHAT": {"0", "1"}, "LLM_CALLS_PER_ADDRESS": {"0"}, "LLM_CALLS_PER_DAY": {"100000000"},
		"LLM_TOKENS_PER_CHAT": {"0", "20000"}, "LLM_TOKENS_PER_ADDRESS": {"0"}, "LLM_TOKENS_PER_DAY": {"2000000000"}, "WAIT_LIMIT": {"5s"}, "ANSWER_LIMIT": {"5s"}, "IDLE_LIMIT": {"1m"}, "ASSIGN": {"manual", "auto"},
		"AGENT_CAPACITY": {"1", "1000"}, "MAX_WAITING": {"1", "100000"}, "WAITING_PER_ADDRESS": {"1", "100000"}, "OTEL_EXPORTER_OTLP_ENDPOINT": {"http://c:4318"}, "OTEL_EXPORTER_OTLP_HEADERS": {"a=b,c=d%20e"},
		"OTEL_TRACES_SAMPLER": {"always_off"}, "OTEL_TRACES_SAMPLER_ARG": {"0", "1"}, "LOG_LEVEL": {"debug", "error"}, "LOG_FORMAT": {"json", "pretty"},
	} {
		for _, value := range values {
			vars := map[string]string{"NATS_URL": "nats://nats:4222", "LLM_URL": "http://llm/v1", "LLM_MODEL": "m"}
			vars[setting] = value
			if _, faults := load("gateway", vars); len(faults) > 0 {
				t.Errorf("%s=%q: the faults are %v", setting, value, faults)
			}
		}
	}
}

func TestTwoAddressesThatCollideAreOneFault(t *testing.T) {
	for _, c := range []struct {
		role, addr, healthAddr string
		collide                bool
	}{
		{"gateway", ":8080", ":8080", true},
		{"", ":8080", ":8080", true},
		{"gateway", ":8080", "127.0.0.1:8080", true},
		{"gateway", "127.0.0.1:8080", ":8080", true},
		{"gateway", "127.0.0.1:8080", "0.0.0.0:8080", true},
		{"gateway", "[::]:8080", "0.0.0.0:8080", true},
		{"gateway", "0.0.0.0:8080", "[::1]:8080", true},
		{"gateway", "127.0.0.1:8080", "127.0.0.1:8080", true},
		{"gateway", "localhost:8080", "127.0.0.1:8080", true},
		{"gateway", ":80", ":http", true},
		{"gateway", "gateway:8080", ":8080", true},
		{"gateway", "127.0.0.1:8080", "127.0.0.2:8080", false},
		{"gateway", "127.0.0.1:8080", "[::1]:8080", false},
		{"gateway", ":8080", ":8081", false},
		{"gateway", ":0", ":0", false},
		{"gateway", "127.0.0.1:0", "127.0.0.1:0", false},
		{"gateway", ":8080", "", false},
		{"web", ":8080", ":8080", true},
		// No other role listens on ADDR.
		{"botworker", ":8080", ":8080", false},
	} {
		vars := map[string]string{"ADDR": c.addr, "NATS_URL": "nats://nats:4222", "GATEWAY_URL": "http://gateway:8080"}
		if c.healthAddr != "" {
			vars["HEALTH_ADDR"] = c.healthAddr
		}
		_, faults := load(c.role, vars)
		if faults.Has("HEALTH_ADDR") != c.collide {
			t.Errorf("%+v: the faults are %v", c, faults)
		}
		if c.collide && (len(faults) != 1 || !strings.Contains(faults[0].Sentence, "ADDR") || !strings.Contains(faults[0].Sentence, c.addr) || !strings.Contains(faults[0].Sentence, c.healthAddr)) {
			t.Errorf("%+v: it says %v", c, faults)
		}
	}
	// If ADDR can't be parsed, that is the only fault.
	if _, faults := load("", map[string]string{"ADDR": "8080", "HEALTH_ADDR": ":8080"}); len(faults) != 1 || !faults.Has("ADDR") {
		t.Errorf("the faults are %v", faults)
	}
}

// The role web has no use for NATS, also where all roles share their settings, and needs a
// gateway.
func TestTheRoleWebNeedsNoNATS(t *testing.T) {
	if _, faults := load("web", map[string]string{"GATEWAY_URL": "http://gateway:8080", "NATS_REPLICAS": "3", "STREAMS": "8"}); len(faults) > 0 {
		t.Errorf("the faults are %v", faults)
	}
	if _, faults := load("web", nil); len(faults) != 1 || !faults.Has("GATEWAY_URL") {
		t.Errorf("without a gateway the faults are %v", faults)
	}
	for _, role := range []string{"", "gateway"} {
		if _, faults := load(role, map[string]string{"NATS_URL": "nats://nats:4222"}); len(faults) > 0 {
			t.Errorf("%q: the faults are %v", role, faults)
		}
	}
}
