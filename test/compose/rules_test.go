package compose

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
)

// isRole tells Parley's own services from the others.
func isRole(s types.ServiceConfig) bool { return s.Image == "parley:local" }

// ofAp ends the names of what belongs to the second region, with the profile regions.
const ofAp = "-ap"

// role is what a service is, in whichever region.
func role(s types.ServiceConfig) string { return strings.TrimSuffix(s.Name, ofAp) }

// region is how the names end of what belongs to the region of a service.
func region(s types.ServiceConfig) string {
	if strings.HasSuffix(s.Name, ofAp) {
		return ofAp
	}
	return ""
}

// inOrder returns the services by name, so that faults come in the same order.
func inOrder(p *types.Project) []types.ServiceConfig {
	var all []types.ServiceConfig
	for _, name := range p.ServiceNames() {
		all = append(all, p.Services[name])
	}
	return all
}

// A pinned tag names at least a minor version and moves only within it.
var pinned = regexp.MustCompile(`^[a-z0-9/._-]+:v?\d+\.\d+[a-z0-9.-]*$`)

func imagesArePinned(p *types.Project) (faults []string) {
	for _, s := range inOrder(p) {
		if !isRole(s) && !pinned.MatchString(s.Image) {
			faults = append(faults, fmt.Sprintf("%s runs %q", s.Name, s.Image))
		}
		// Compose gives each image that it builds a label of its own, so several services
		// would take the name from each other.
		if (s.Build != nil) != (s.Name == "gateway") {
			faults = append(faults, fmt.Sprintf("%s builds: %v; the gateway does, for all", s.Name, s.Build != nil))
		}
	}
	return faults
}

func dependenciesHaveChecks(p *types.Project) (faults []string) {
	for _, s := range inOrder(p) {
		for name, on := range s.DependsOn {
			if on.Condition != "service_healthy" {
				faults = append(faults, fmt.Sprintf("%s waits for %s only until it is %s", s.Name, name, on.Condition))
			}
			if check := p.Services[name].HealthCheck; check == nil || len(check.Test) == 0 {
				faults = append(faults, fmt.Sprintf("%s waits for %s, which has no check", s.Name, name))
			}
			// docker-compose 1.29 doesn't know optional dependencies.
			if others := p.Services[name].Profiles; len(others) > 0 && !slices.Equal(others, s.Profiles) {
				faults = append(faults, fmt.Sprintf("%s waits for %s, which is not there without its profile", s.Name, name))
			}
		}
		if _, onBus := s.Networks["bus"+region(s)]; onBus && isRole(s) && s.DependsOn["nats"+region(s)].Condition == "" {
			faults = append(faults, fmt.Sprintf("%s does not wait for nats", s.Name))
		}
	}
	return faults
}

func volumesAreNamed(p *types.Project) (faults []string) {
	used := map[string]string{}
	for _, s := range inOrder(p) {
		for _, v := range s.Volumes {
			switch {
			case v.Type == types.VolumeTypeBind && !v.ReadOnly:
				faults = append(faults, fmt.Sprintf("%s may write to the folder %s of the machine", s.Name, v.Target))
			case v.Type == types.VolumeTypeVolume && v.Source == "":
				faults = append(faults, fmt.Sprintf("%s has a volume without a name at %s", s.Name, v.Target))
			case v.Type == types.VolumeTypeVolume && used[v.Source] != "":
				faults = append(faults, fmt.Sprintf("%s and %s share the volume %s", used[v.Source], s.Name, v.Source))
			case v.Type == types.VolumeTypeVolume:
				used[v.Source] = s.Name
			}
		}
	}
	for name := range p.Volumes {
		if used[name] == "" {
			faults = append(faults, fmt.Sprintf("nobody uses the volume %s", name))
		}
	}
	return faults
}

// monitoring are the folders below /etc/monitoring that Prometheus and Grafana read.
var monitoring = []string{"rules", "dashboards"}

func mountsAreThere(p *types.Project) (faults []string) {
	for _, s := range inOrder(p) {
		for _, v := range s.Volumes {
			if v.Type != types.VolumeTypeBind {
				continue
			}
			_, err := os.Stat(v.Source)
			if err != nil {
				faults = append(faults, fmt.Sprintf("%s mounts %s: %v", s.Name, v.Target, err))
				continue
			}
			for _, folder := range monitoring {
				if _, err := os.Stat(filepath.Join(v.Source, folder)); v.Target == "/etc/monitoring" && err != nil {
					faults = append(faults, fmt.Sprintf("%s reads /etc/monitoring/%s: %v", s.Name, folder, err))
				}
			}
		}
	}
	return faults
}

// published are the ports on the machine, all of them on its loopback address.
var published = map[string]string{"gateway": "8080", "gateway-ap": "8180", "web": "8090", "prometheus": "9090", "grafana": "3000", "jaeger": "16686"}

func portsAreMeant(p *types.Project) (faults []string) {
	for _, s := range inOrder(p) {
		for _, port := range s.Ports {
			if port.HostIP != "127.0.0.1" || port.Published != published[s.Name] || fmt.Sprint(port.Target) != published[role(s)] {
				faults = append(faults, fmt.Sprintf("%s opens %s:%s for its port %d", s.Name, port.HostIP, port.Published, port.Target))
			}
		}
		if len(s.Ports) == 0 && published[s.Name] != "" {
			faults = append(faults, fmt.Sprintf("%s does not open its port", s.Name))
		}
		_, out := s.Networks["out"]
		if out != (published[s.Name] != "" || role(s) == "botworker") {
			faults = append(faults, fmt.Sprintf("%s on the network out: %v", s.Name, out))
		}
	}
	for _, name := range []string{"bus", "store", "bus-ap", "store-ap", "between"} {
		if !p.Networks[name].Internal {
			faults = append(faults, fmt.Sprintf("the network %s leads out", name))
		}
	}
	return faults
}

func containersMayDoLittle(p *types.Project) (faults []string) {
	for _, s := range inOrder(p) {
		if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || len(s.CapAdd) > 0 || s.Privileged || !slices.Equal(s.SecurityOpt, []string{"no-new-privileges:true"}) {
			faults = append(faults, fmt.Sprintf("%s may do more than it needs", s.Name))
		}
		if s.Restart != "unless-stopped" {
			faults = append(faults, fmt.Sprintf("%s restarts %q", s.Name, s.Restart))
		}
		if s.Logging == nil || s.Logging.Options["max-size"] == "" {
			faults = append(faults, fmt.Sprintf("the log of %s has no bound", s.Name))
		}
		if s.ContainerName != "" || isRole(s) && s.Hostname != "" {
			faults = append(faults, fmt.Sprintf("%s has a fixed name and can't be scaled", s.Name))
		}
	}
	return faults
}

const (
	// afterDrain is what a role needs beyond DRAIN_TIME, with a margin.
	afterDrain = 15 * time.Second
	// modelTime is botworker/llm's limit for one answer of a model.
	modelTime = time.Minute
)

func timesFit(p *types.Project) (faults []string) {
	for _, s := range inOrder(p) {
		if !isRole(s) {
			continue
		}
		var drain time.Duration
		if text := value(s, "DRAIN_TIME"); text != "" || role(s) == "gateway" || role(s) == "botworker" {
			var err error
			if drain, err = time.ParseDuration(text); err != nil {
				faults = append(faults, fmt.Sprintf("%s: %v", s.Name, err))
			}
		}
		if role(s) == "botworker" && drain < modelTime {
			faults = append(faults, fmt.Sprintf("%s drops what a model is asked, which may take %v", s.Name, modelTime))
		}
		if grace := s.StopGracePeriod; grace == nil || time.Duration(*grace) < drain+afterDrain {
			faults = append(faults, fmt.Sprintf("%s is killed before a drain of %v is over", s.Name, drain))
		}
		if !slices.Equal(s.HealthCheck.Test, []string{"CMD", "/parley", "health"}) {
			faults = append(faults, fmt.Sprintf("%s is checked by %v; the image has no other program", s.Name, s.HealthCheck.Test))
		}
	}
	return faults
}

var hosts = regexp.MustCompile(`(?:@|//)([a-z][a-z0-9-]*):\d+`)

// namesAreFound: every host in a service's settings is on a network of that service.
func namesAreFound(p *types.Project) (faults []string) {
	at := map[string][]string{} // names by network
	for _, s := range inOrder(p) {
		for network, how := range s.Networks {
			at[network] = append(at[network], s.Name)
			if how != nil {
				at[network] = append(at[network], how.Aliases...)
			}
		}
	}
	for _, s := range inOrder(p) {
		text := strings.Join(s.Command, "\n")
		for _, v := range s.Environment {
			if v != nil {
				text += "\n" + *v
			}
		}
		for _, m := range hosts.FindAllStringSubmatch(text, -1) {
			if role(s) == "nats" && region(s) != "" {
				continue // its script names the nodes of a cluster, which it is not in
			}
			found := false
			for network := range s.Networks {
				found = found || slices.Contains(at[network], m[1])
			}
			if !found {
				faults = append(faults, fmt.Sprintf("%s can't reach %s", s.Name, m[1]))
			}
		}
	}
	return faults
}

// regionsAreApart: what is said between two regions is said between gateways and NATS servers.
func regionsAreApart(p *types.Project) (faults []string) {
	for _, s := range inOrder(p) {
		_, between := s.Networks["between"]
		if between != (role(s) == "gateway" || role(s) == "nats") {
			faults = append(faults, fmt.Sprintf("%s on the network between: %v", s.Name, between))
		}
		for _, network := range []string{"bus", "store"} {
			if _, here := s.Networks[network]; here && region(s) != "" {
				faults = append(faults, fmt.Sprintf("%s is on the network %s of the other region", s.Name, network))
			}
			if _, there := s.Networks[network+ofAp]; there && region(s) == "" {
				faults = append(faults, fmt.Sprintf("%s is on the network %s of the other region", s.Name, network+ofAp))
			}
		}
	}
	return faults
}
