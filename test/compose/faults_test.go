package compose

import (
	"strings"
	"testing"
)

// A check that never finds anything is worth nothing: each must find its faults.
func TestTheChecksFindTheirFaults(t *testing.T) {
	file := read(t, "docker-compose.yml")
	for _, c := range []struct{ check, from, to, want string }{
		{"settings are Parley's", "      WAIT_LIMIT:", "      WAIT_LIMITS:", "escalation: Parley knows no setting WAIT_LIMITS"},
		{"settings fit their role", "      BOT_NAME:", "      ADMIN_PASSWORD: x\n      BOT_NAME:", "botworker and ADMIN_PASSWORD: true"},
		{"settings fit their role", "    command: [escalation]", "    command: [botworker]", "escalation runs the role [botworker]"},
		{"settings fit their role", "      WAIT_LIMIT:", "      HEALTH_ADDR: \"\"\n      WAIT_LIMIT:", "escalation has no HEALTH_ADDR"},
		{"settings fit their role", "      WAIT_LIMIT:", "      STREAMS: \"4\"\n      WAIT_LIMIT:", "escalation has another STREAMS than its gateway"},
		{"settings fit their role", "  NATS_URL: \"nats://parley:", "  NATS_URL: \"nats://parlay:", "botworker has the NATS_URL"},
		{"settings fit their role", "      GATEWAY_URL:", "      NATS_URL: x\n      GATEWAY_URL:", "web needs no NATS"},
		{"settings fit their role", "    networks: [out]\n    # Not", "    networks: [out, bus]\n    # Not", "web needs no NATS"},
		{"settings fit their role", "      BASE_PATH: \"${BASE_PATH:-}\"\n", "", "web has another BASE_PATH than the gateway"},
		{"names are found", "GATEWAY_URL:-http://gateway:8080", "GATEWAY_URL:-http://gate:8080", "web can't reach gate"},
		{"images are pinned", "image: mongo:8.0.30", "image: mongo:latest", `mongo runs "mongo:latest"`},
		{"images are pinned", "image: mongo:8.0.30", "image: mongo:8", `mongo runs "mongo:8"`},
		{"images are pinned", "image: mongo:8.0.30", "image: mongo", `mongo runs "mongo"`},
		{"images are pinned", "    command: [escalation]", "    command: [escalation]\n    build: .", "escalation builds: true"},
		{"who is waited for has a check", "      mongo: { condition: service_healthy }", "      mongo: { condition: service_started }", "historyworker waits for mongo only until it is service_started"},
		{"who is waited for has a check", "      mongo: { condition: service_healthy }", "      jaeger: { condition: service_healthy }", "historyworker waits for jaeger, which has no check"},
		{"who is waited for has a check", "      mongo: { condition: service_healthy }", "      nats-2: { condition: service_healthy }", "nats-2, which is not there without its profile"},
		{"who is waited for has a check", "    networks: [bus]\n    depends_on:\n      nats: { condition: service_healthy }", "    networks: [bus]", "escalation does not wait for nats"},
		{"volumes are named", "[\"nats-2:/data\"]", "[/data]", "nats-2 has a volume without a name at /data"},
		{"volumes are named", "[\"nats-2:/data\"]", "[\"nats:/data\"]", "share the volume nats"},
		{"volumes are named", "[\"nats-2:/data\"]", "[\"./data:/data\"]", "nats-2 may write to the folder /data"},
		{"volumes are named", "[\"nats-2:/data\"]", "[]", "nobody uses the volume nats-2"},
		{"mounted files are there", "./k8s/base/mongo:/etc/mongo:ro", "./k8s/base/mango:/etc/mongo:ro", "mongo mounts /etc/mongo"},
		{"mounted files are there", "./k8s/base/mongo:/etc/mongo:ro", "./k8s/base/mongo:/etc/monitoring:ro", "mongo reads /etc/monitoring/rules"},
		{"ports are open where meant", "    networks: [store]", "    networks: [store]\n    ports: [\"27017:27017\"]", "mongo opens :27017"},
		{"ports are open where meant", "${GATEWAY_PORTS:-127.0.0.1:8080}", "${GATEWAY_PORTS:-8080}", "gateway opens :8080"},
		{"ports are open where meant", "    ports: [\"127.0.0.1:9090:9090\"]\n", "", "prometheus does not open its port"},
		{"ports are open where meant", "store: { internal: true }", "store: {}", "the network store leads out"},
		{"ports are open where meant", "    networks: [store]", "    networks: [store, out]", "mongo on the network out: true"},
		{"containers may do little", "    networks: [store]", "    networks: [store]\n    cap_add: [SYS_ADMIN]", "mongo may do more than it needs"},
		{"containers may do little", "  read_only: true", "  read_only: false", "botworker may do more"},
		{"containers may do little", "  restart: unless-stopped", "  restart: \"no\"", `botworker restarts "no"`},
		{"containers may do little", "max-size: 10m, ", "", "the log of botworker has no bound"},
		{"containers may do little", "    command: [gateway]", "    command: [gateway]\n    container_name: gateway", "gateway has a fixed name"},
		{"times fit", "DRAIN_TIME: 60s", "DRAIN_TIME: 70s", "botworker is killed before a drain of 1m10s is over"},
		{"times fit", "DRAIN_TIME: 60s", "DRAIN_TIME: 10s", "botworker drops what a model is asked, which may take 1m0s"},
		{"times fit", "DRAIN_TIME: 5s", "DRAIN_TIME: 20s", "gateway is killed before a drain of 20s is over"},
		{"times fit", "\"/parley\", \"health\"", "\"curl\", \"localhost\"", "the image has no other program"},
		{"names are found", "@mongo:27017/parley", "@mongodb:27017/parley", "historyworker can't reach mongodb"},
		{"names are found", "    networks: [bus, store]", "    networks: [bus]", "historyworker can't reach mongo"},
		{"regions are apart", "    networks: [bus-ap, store-ap]", "    networks: [bus-ap, store-ap, store]", "historyworker-ap is on the network store of the other region"},
		{"regions are apart", "    networks: [bus-ap, out]", "    networks: [bus-ap, out, between]", "botworker-ap on the network between: true"},
		{"settings fit their role", "  REGION: ap", "  REGIONS: ap", `botworker-ap is in the region ""`},
		{"names are found", "aliases: [nats-1]", "aliases: [nats-0]", "nats can't reach nats-1"},
	} {
		if !strings.Contains(file, c.from) {
			t.Errorf("%s: the file no longer contains %q", c.check, c.from)
			continue
		}
		found := checks[c.check](load(t, strings.Replace(file, c.from, c.to, 1)))
		if !strings.Contains(strings.Join(found, "\n"), c.want) {
			t.Errorf("%s: %q instead of %q gives %q, not %q", c.check, c.to, c.from, found, c.want)
		}
	}
}
