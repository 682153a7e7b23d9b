package node

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// configs returns the configuration files of a node's programs, keyed by name in its
// folder.
func (n *Node) configs() (map[string][]byte, error) {
	kubelet, err := json.Marshal(n.kubelet())
	if err != nil {
		return nil, fmt.Errorf("write the settings of the kubelet: %w", err)
	}
	proxy, err := json.Marshal(n.proxy())
	if err != nil {
		return nil, fmt.Errorf("write the settings of kube-proxy: %w", err)
	}
	cni, err := json.Marshal(n.network())
	if err != nil {
		return nil, fmt.Errorf("write the settings of the pods' network: %w", err)
	}
	return map[string][]byte{"containerd.toml": n.containerd(), "kubelet.json": kubelet, "proxy.json": proxy, "cni/10-pods.conflist": cni}, nil
}

func (n *Node) writeConfigs() error {
	files, err := n.configs()
	if err != nil {
		return err
	}
	for name, text := range files {
		path := n.in(name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("make a folder of %s: %w", n.Name, err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return fmt.Errorf("write the settings of %s: %w", n.Name, err)
		}
	}
	return nil
}

type object = map[string]any

func (n *Node) kubelet() object {
	return object{
		"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration",
		"address": "0.0.0.0",
		"authentication": object{"anonymous": object{"enabled": false}, "webhook": object{"enabled": false},
			"x509": object{"clientCAFile": n.cluster.Authority}},
		"authorization": object{"mode": "AlwaysAllow"},
		"cgroupDriver":  "cgroupfs", "cgroupRoot": "/" + n.Name, "cgroupsPerQOS": true, "enforceNodeAllocatable": []string{"pods"},
		"failSwapOn": false,
		"clusterDNS": []string{n.cluster.DNS}, "clusterDomain": "cluster.local", "resolvConf": "",
		"containerRuntimeEndpoint": "unix://" + n.socket(),
		"podLogsDir":               n.in("pods"), "volumePluginDir": n.in("plugins"),
		"nodeStatusUpdateFrequency": "4s",
		// This cluster is not responsible for the machine's disk.
		"evictionHard": object{"nodefs.available": "1%", "imagefs.available": "1%"}, "imageGCHighThresholdPercent": 100,
	}
}

func (n *Node) proxy() object {
	return object{
		"apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration",
		"clientConnection": object{"kubeconfig": n.cluster.Kubeconfig},
		"hostnameOverride": n.Name, "mode": "nftables", "clusterCIDR": n.cluster.Pods,
		// The kernel's table is shared by the whole machine.
		"conntrack": object{"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
	}
}

// network gives pods addresses that others see unchanged; otherwise no NetworkPolicy
// could tell which pod is connecting.
func (n *Node) network() object {
	return object{"cniVersion": "0.4.0", "name": n.Name, "plugins": []object{
		{"type": "ptp", "ipMasq": false, "mtu": 1500, "ipam": object{
			"type": "host-local", "dataDir": n.in("ipam"), "subnet": n.Pods(), "routes": []object{{"dst": "0.0.0.0/0"}}}},
	}}
}

// containerd returns its settings. Without restrict_oom_score_adj no pod starts on
// machines where root may not lower the OOM score of a process.
func (n *Node) containerd() []byte {
	return fmt.Appendf(nil, `version = 2
root = %q
state = %q
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = %q
[plugins."io.containerd.internal.v1.opt"]
  path = %q
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "pause:local"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = %q
    conf_dir = %q
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
`, n.in("containerd"), n.state(), n.socket(), n.in("opt"), cniPlugins, n.in("cni"))
}
