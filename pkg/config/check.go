package config

import (
	"cmp"
	"crypto/x509"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

func (c Config) check(role string) (faults []error) {
	no := func(setting, format string, v ...any) {
		faults = append(faults, fmt.Errorf("%s: %s", setting, fmt.Sprintf(format, v...)))
	}
	for setting, addr := range map[string]string{"ADDR": c.Addr, "HEALTH_ADDR": c.HealthAddr} {
		if addr == "" && setting == "HEALTH_ADDR" {
			continue
		}
		if host, port, err := net.SplitHostPort(addr); err != nil || port == "" {
			no(setting, "%q is not an address such as 127.0.0.1:8080 or :8080", addr)
		} else if _, err := net.LookupPort("tcp", port); err != nil {
			no(setting, "%q has no valid port", addr)
		} else if host != "" && net.ParseIP(host) == nil && strings.ContainsAny(host, " /") {
			no(setting, "%q has no valid host", addr)
		}
	}
	if role != "" && c.NATSURL == "" {
		no("NATS_URL", "the role %s needs a NATS server, such as nats://127.0.0.1:4222", role)
	}
	sockets, servers := 0, strings.Split(c.NATSURL, ",")
	for _, u := range servers {
		if c.NATSURL != "" && !validURL(u, "nats", "tls", "ws", "wss") {
			no("NATS_URL", "%s is not a URL such as nats://127.0.0.1:4222", hidePassword(u))
		}
		if validURL(u, "ws", "wss") {
			sockets++
		}
	}
	if sockets != 0 && sockets != len(servers) {
		no("NATS_URL", "either all servers are reached by WebSocket (ws, wss) or none")
	}
	if c.NATSCA != "" {
		if pem, err := os.ReadFile(c.NATSCA); err != nil {
			no("NATS_CA", "%q is not a file that can be read", c.NATSCA)
		} else if !x509.NewCertPool().AppendCertsFromPEM(pem) {
			no("NATS_CA", "the file %q holds no certificate", c.NATSCA)
		}
	}
	if c.MongoURL != "" && !strings.HasPrefix(c.MongoURL, "mongodb://") && !strings.HasPrefix(c.MongoURL, "mongodb+srv://") {
		no("MONGO_URL", "it is not a URL such as mongodb://127.0.0.1:27017/parley")
	}
	if c.Streams < 1 || c.Streams > chat.Partitions {
		no("STREAMS", "%d is not a number from 1 to %d", c.Streams, chat.Partitions)
	}
	if !slices.Contains([]int{1, 3, 5}, c.NATSReplicas) {
		no("NATS_REPLICAS", "%d is not 1, 3 or 5", c.NATSReplicas)
	}
	if c.NATSReplicas > 1 && c.NATSURL == "" {
		no("NATS_REPLICAS", "the embedded NATS server is one node; set NATS_URL for a cluster")
	}
	oneOf := func(setting, value string, allowed ...string) {
		if !slices.Contains(allowed, value) {
			no(setting, "%q is none of %s", value, strings.Join(allowed, ", "))
		}
	}
	oneOf("VISITOR_AUTH", c.VisitorAuth, "claim", "signed", "open")
	oneOf("ASSIGN", c.Assign, "manual", "auto")
	oneOf("LOG_LEVEL", c.LogLevel, "debug", "info", "warn", "error")
	oneOf("LOG_FORMAT", c.LogFormat, "auto", "json", "pretty")
	if c.TokenKey != "" && len(c.TokenKey) < 32 {
		no("TOKEN_KEY", "it has %d characters; a key has at least 32", len(c.TokenKey))
	}
	if c.VisitorAuth == "signed" && c.TokenKey == "" {
		no("TOKEN_KEY", "VISITOR_AUTH=signed needs the key that the embedding site signs its tokens with")
	}
	if n := len([]rune(c.AdminPassword)); n > 0 && (n < 10 || n > 200) {
		no("ADMIN_PASSWORD", "it has %d characters; a password has 10 to 200", n)
	}
	atLeast := func(setting string, d, least time.Duration) {
		if d < least {
			no(setting, "%v is less than %v", d, least)
		}
	}
	atLeast("RETENTION", c.Retention, time.Hour)
	atLeast("WAIT_LIMIT", c.WaitLimit, 5*time.Second)
	atLeast("ANSWER_LIMIT", c.AnswerLimit, 5*time.Second)
	atLeast("IDLE_LIMIT", c.IdleLimit, time.Minute)
	atLeast("DRAIN_TIME", c.DrainTime, 0)
	if c.AgentCapacity < 1 || c.AgentCapacity > 1000 {
		no("AGENT_CAPACITY", "%d is not a number from 1 to 1000", c.AgentCapacity)
	}
	if c.MaxConnections < 1 || c.MaxConnections > 1_000_000 {
		no("MAX_CONNECTIONS", "%d is not a number from 1 to 1000000", c.MaxConnections)
	}
	for setting, rate := range map[string]float64{"RATE_PER_CONNECTION": c.RatePerConnection, "RATE_PER_ADDRESS": c.RatePerAddress} {
		if !(rate >= 0.01 && rate <= 1e8) {
			no(setting, "%v is not a number from 0.01 to 100000000", rate)
		}
	}
	if n := len([]rune(c.BotName)); n > 64 || strings.TrimSpace(c.BotName) == "" {
		no("BOT_NAME", "it has %d characters; a name has 1 to 64, not all of them spaces", n)
	}
	if c.LLMURL != "" && !validURL(c.LLMURL, "http", "https") {
		no("LLM_URL", "%s is not a URL such as https://llm.example.org/v1", hidePassword(c.LLMURL))
	} else if u, err := url.Parse(c.LLMURL); err == nil && (u.User != nil || u.RawQuery != "" || u.Fragment != "") {
		no("LLM_URL", "it holds a user, a password or a question mark; what the interface wants of that is LLM_KEY")
	}
	if strings.ContainsFunc(c.LLMKey, func(r rune) bool { return r <= ' ' || r > '~' }) {
		no("LLM_KEY", "it holds something other than printable ASCII characters")
	}
	if c.LLMURL != "" && c.LLMModel == "" {
		no("LLM_MODEL", "LLM_URL needs the name of a model")
	}
	if c.LLMURL == "" && (c.LLMKey != "" || c.LLMModel != "") {
		no("LLM_URL", "LLM_KEY and LLM_MODEL mean nothing without it")
	}
	if c.OTLPEndpoint != "" && !validURL(c.OTLPEndpoint, "http", "https") {
		no("OTEL_EXPORTER_OTLP_ENDPOINT", "%s is not a URL such as http://collector:4318", hidePassword(c.OTLPEndpoint))
	}
	if !validHeaders(c.OTLPHeaders) {
		no("OTEL_EXPORTER_OTLP_HEADERS", "it is not a list such as name=value,other=value with each value escaped as in a URL")
	}
	oneOf("OTEL_TRACES_SAMPLER", c.TracesSampler, "parentbased_always_on", "parentbased_traceidratio", "parentbased_always_off", "always_on", "always_off", "traceidratio")
	if share, err := strconv.ParseFloat(c.TracesSamplerArg, 64); err != nil || !(share >= 0 && share <= 1) {
		no("OTEL_TRACES_SAMPLER_ARG", "%q is not a number from 0 to 1", c.TracesSamplerArg)
	}
	if c.BotKnowledge != "" {
		if info, err := os.Stat(c.BotKnowledge); err != nil || !info.IsDir() {
			no("BOT_KNOWLEDGE", "%q is not a folder that can be read", c.BotKnowledge)
		}
	}
	return faults
}

// validURL reports whether s is a URL of one of the schemes, with a host, and with
// a port that there is or none.
func validURL(s string, schemes ...string) bool {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Hostname() == "" || !slices.Contains(schemes, u.Scheme) {
		return false
	}
	port, err := strconv.Atoi(cmp.Or(u.Port(), "1"))
	return err == nil && port > 0 && port < 1<<16
}

// validHeaders reports whether OpenTelemetry can read the headers. It would write
// what it can't read, which is a secret as a rule, on standard error, and go on.
func validHeaders(s string) bool {
	for header := range strings.SplitSeq(s, ",") {
		name, value, ok := strings.Cut(header, "=")
		if _, err := url.PathUnescape(value); s != "" && (!ok || strings.TrimSpace(name) == "" || err != nil) {
			return false
		}
	}
	return true
}

// hidePassword quotes a URL without what may be a secret.
func hidePassword(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.User == nil && strings.Contains(s, "@") { // no URL, but perhaps with a password in it
		return "it"
	}
	return strconv.Quote(u.Redacted())
}
