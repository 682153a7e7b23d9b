package deploy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
)

// lag asks the nodes what KEDA's scaler asks: the node that leads a ScaledObject's
// consumer must report it, under that node's name.
func lag(t *testing.T, c *cluster) {
	type answer struct {
		Accounts []struct {
			Name    string `json:"name"`
			Streams []struct {
				Name      string `json:"name"`
				Consumers []struct {
					Name    string `json:"name"`
					Cluster struct {
						Leader string `json:"leader"`
					} `json:"cluster"`
				} `json:"consumer_detail"`
			} `json:"stream_detail"`
		} `json:"account_details"`
	}
	led := map[string]bool{}
	for _, node := range c.nodes {
		resp, err := http.Get(fmt.Sprintf("http://%s/jsz?acc=PARLEY&consumers=true&config=true", node.MonitorAddr()))
		if err != nil {
			t.Fatal(err)
		}
		var a answer
		err = json.NewDecoder(resp.Body).Decode(&a)
		_ = resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, account := range a.Accounts {
			for _, s := range account.Streams {
				for _, consumer := range s.Consumers {
					if consumer.Cluster.Leader == node.Name() {
						led[account.Name+" "+s.Name+" "+consumer.Name] = true
					}
				}
			}
		}
	}
	m, _ := decode(render(t, "production with keda"))
	for name, s := range m.keda {
		for _, trigger := range s.Spec.Triggers {
			meta := trigger.Metadata
			if key := meta.Account + " " + meta.Stream + " " + meta.Consumer; !led[key] {
				t.Errorf("ScaledObject %s asks for %s, which no node leads", name, key)
			}
		}
	}
}
