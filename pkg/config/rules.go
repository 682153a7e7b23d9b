package config

import (
	"fmt"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// given is what the rules judge: some settings are wrong only in combination with
// another one, or for one role.
type given struct {
	Config
	role string
}

// reachesOthers reports whether the role, or all of them in one process, connects to other regions.
func (g given) reachesOthers() bool { return g.role == "" || g.role == "gateway" }

// apart reports whether the role knows nothing of NATS.
func (g given) apart() bool { return g.role == "web" }

// front reports whether the role listens on ADDR.
func (g given) front() bool { return g.role == "" || g.role == "gateway" || g.role == "web" }

// rules holds the rules of the settings, at most one each. A rule returns a sentence
// about what is wrong, or nothing. What it says is dropped if the value could not be
// read. Settings with a type of their own (NATS_SYNC, STREAMS, DISK_RESERVE, BYTES_PER_ADDRESS and such) are judged by it.
var rules = []struct {
	setting string
	wrong   func(given) string
}{
	{"ADDR", func(g given) string { return address(g.Addr) }},
	{"HEALTH_ADDR", healthAddress},
	{"PPROF_ADDR", pprofAddress},
	{"NATS_URL", natsURL},
	{"NATS_CA", func(g given) string { return certificates(g.NATSCA) }},
	{"NATS_CREDS", natsCreds},
	{"NATS_NKEY", natsNKey},
	{"NATS_CERT", natsCert},
	{"NATS_KEY", natsKey},
	{"NATS_MAX_BYTES", func(g given) string {
		if g.NATSMaxBytes > 0 && g.NATSMaxBytes < minStreams {
			return fmt.Sprintf("%d bytes are too few for all streams; at least 16MB are needed", g.NATSMaxBytes)
		}
		return ""
	}},
	{"NATS_REPLICAS", func(g given) string {
		switch {
		case g.NATSReplicas != 1 && g.NATSReplicas != 3 && g.NATSReplicas != 5:
			return fmt.Sprintf("%d is not 1, 3 or 5", g.NATSReplicas)
		case g.NATSReplicas > 1 && g.NATSURL == "" && !g.apart():
			return "the embedded NATS server is one node; set NATS_URL for a cluster"
		}
		return ""
	}},
	{"REGION", func(g given) string { return region(g.Region) }},
	{"REGIONS", regions},
	{"COPY_OF", copies},
	{"GATEWAY_URL", gatewayURL},
	{"AUDIT_KEEP", func(g given) string {
		if g.AuditKeep != 0 && (g.AuditKeep < 30 || g.AuditKeep > 36500) {
			return "it is a number of days from 30 to 36500, or 0 for good"
		}
		return ""
	}},
	{"MASK", func(g given) string {
		if g.Mask == "off" {
			return ""
		}
		for name := range strings.SplitSeq(g.Mask, ",") {
			if why := oneOf(strings.TrimSpace(name), "cards", "ibans"); why != "" {
				return "it is cards, ibans, both with a comma between, or off"
			}
		}
		return ""
	}},
	{"MASK_PATTERNS", func(g given) string {
		if _, err := g.MaskRules(); err != nil {
			return err.Error()
		}
		return ""
	}},
	{"RETENTION", func(g given) string { return atLeast(g.Retention, time.Hour) }},
	{"VISITOR_AUTH", func(g given) string { return oneOf(g.VisitorAuth, "claim", "signed", "open") }},
	{"TOKEN_KEY", func(g given) string {
		switch n := len(g.TokenKey); {
		case n > 0 && n < 32:
			return fmt.Sprintf("it has %d characters; a key has at least 32", n)
		case n == 0 && g.VisitorAuth == "signed":
			return "VISITOR_AUTH=signed needs the key that the embedding site signs its tokens with"
		case n == 0 && g.Regions != "" && regions(g) == "":
			return "REGIONS needs one key that is the same in all regions, so that each opens the chats of the others"
		}
		return ""
	}},
	{"TOKEN_ISSUER", func(g given) string {
		if n := len([]rune(g.TokenIssuer)); n > 200 {
			return fmt.Sprintf("it has %d characters; at most 200 are possible", n)
		}
		return ""
	}},
	{"ADMIN_PASSWORD", func(g given) string {
		if n := len([]rune(g.AdminPassword)); n > 0 && (n < 10 || n > 200) {
			return fmt.Sprintf("it has %d characters; a password has 10 to 200", n)
		}
		return ""
	}},
	{"ESCALATE_WORDS", escalateWords},
	{"RATE_PER_CONNECTION", func(g given) string { return rate(g.RatePerConnection) }},
	{"RATE_PER_ADDRESS", func(g given) string { return rate(g.RatePerAddress) }},
	{"MESSAGES_PER_ADDRESS", func(g given) string { return between(g.MessagesPerAddress, 0, 1e9) }},
	{"MESSAGES_PER_CHAT", func(g given) string { return between(g.MessagesPerChat, 0, 1e9) }},
	{"FILE_SIZE", fileSize},
	{"FILE_COUNT", func(g given) string { return between(g.FileCount, 1, chat.MaxFiles) }},
	{"FILE_KINDS", fileKinds},
	{"FILE_BYTES_PER_ADDRESS", func(g given) string { return fileShare(g.FileBytesPerAddress, g.FileSize) }},
	{"FILE_BYTES_PER_CHAT", func(g given) string { return fileShare(g.FileBytesPerChat, g.FileSize) }},
	{"FILE_SCAN", func(g given) string { return fileScan(g.FileScan) }},
	{"MAX_CONNECTIONS", func(g given) string { return between(g.MaxConnections, 1, 1_000_000) }},
	{"DRAIN_TIME", func(g given) string { return atLeast(g.DrainTime, 0) }},
	{"BOT_NAME", func(g given) string { return botName(g.BotName) }},
	{"BOT_KNOWLEDGE", func(g given) string { return folder(g.BotKnowledge) }},
	{"BOT_KNOWLEDGE_URL", func(g given) string {
		if g.BotKnowledgeURL != "" && (!validURL(g.BotKnowledgeURL, "http", "https") || len(g.BotKnowledgeURL) > 300 || strings.ContainsAny(g.BotKnowledgeURL, "?#@")) {
			return "it is not the address of your pages, such as https://shop.example/help"
		}
		return ""
	}},
	{"BOT_SYNONYMS", func(g given) string { return synonyms(g.BotSynonyms) }},
	{"LLM_URL", modelURL},
	{"LLM_KEY", func(g given) string {
		if strings.ContainsFunc(g.LLMKey, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return "it holds something other than printable ASCII characters"
		}
		return ""
	}},
	{"LLM_MODEL", func(g given) string {
		if g.LLMURL != "" && g.LLMModel == "" {
			return "LLM_URL needs the name of a model"
		}
		return ""
	}},
	{"LLM_CONTEXT", func(g given) string {
		if g.LLMContext == 0 {
			return ""
		}
		return between(g.LLMContext, 1024, 10_000_000)
	}},
	{"LLM_FIRST_WORD", func(g given) string {
		if g.LLMFirstWord > 10*time.Minute {
			return fmt.Sprintf("%v is more than 10 minutes", g.LLMFirstWord)
		}
		return atLeast(g.LLMFirstWord, time.Second)
	}},
	{"LLM_CALLS_PER_CHAT", func(g given) string { return calls(g.LLMCallsPerChat) }},
	{"LLM_CALLS_PER_ADDRESS", func(g given) string { return calls(g.LLMCallsPerAddress) }},
	{"LLM_CALLS_PER_DAY", func(g given) string { return calls(g.LLMCallsPerDay) }},
	{"LLM_TOKENS_PER_CHAT", func(g given) string { return tokens(g.LLMTokensPerChat) }},
	{"LLM_TOKENS_PER_ADDRESS", func(g given) string { return tokens(g.LLMTokensPerAddress) }},
	{"LLM_TOKENS_PER_DAY", func(g given) string { return tokens(g.LLMTokensPerDay) }},
	{"WAIT_LIMIT", func(g given) string { return atLeast(g.WaitLimit, 5*time.Second) }},
	{"ANSWER_LIMIT", func(g given) string { return atLeast(g.AnswerLimit, 5*time.Second) }},
	{"IDLE_LIMIT", func(g given) string { return atLeast(g.IdleLimit, time.Minute) }},
	{"ASSIGN", func(g given) string { return oneOf(g.Assign, "manual", "auto") }},
	{"AGENT_CAPACITY", func(g given) string { return between(g.AgentCapacity, 1, 1000) }},
	{"MAX_WAITING", func(g given) string { return between(g.MaxWaiting, 1, 100_000) }},
	{"WAITING_PER_ADDRESS", func(g given) string { return between(g.WaitingPerAddress, 1, 100_000) }},
	{"OTEL_EXPORTER_OTLP_ENDPOINT", func(g given) string {
		if g.OTLPEndpoint != "" && !validURL(g.OTLPEndpoint, "http", "https") {
			return hidePassword(g.OTLPEndpoint) + " is not a URL such as http://collector:4318"
		}
		return ""
	}},
	{"OTEL_EXPORTER_OTLP_HEADERS", func(g given) string { return headers(g.OTLPHeaders) }},
	{"OTEL_TRACES_SAMPLER", func(g given) string {
		return oneOf(g.TracesSampler, "parentbased_always_on", "parentbased_traceidratio", "parentbased_always_off", "always_on", "always_off", "traceidratio")
	}},
	{"OTEL_TRACES_SAMPLER_ARG", func(g given) string { return share(g.TracesSamplerArg) }},
	{"LOG_LEVEL", func(g given) string { return oneOf(g.LogLevel, "debug", "info", "warn", "error") }},
	{"LOG_FORMAT", func(g given) string { return oneOf(g.LogFormat, "auto", "json", "pretty") }},
}
