using System.Diagnostics;
using System.Globalization;

namespace Promises.StateStores;

/// <summary>The environment of a git process: empty but for what is listed here, so that nothing of the machine or of the server leaks in.</summary>
internal sealed class GitEnvironment(GitOptions options)
{
    private readonly Lock _gate = new();
    private bool _prepared;

    public void Apply(ProcessStartInfo start, GitCommand command, RemoteSettings? remote)
    {
        Prepare();
        var environment = start.Environment;
        var path = environment.TryGetValue("PATH", out var value) ? value : "/usr/bin:/bin";
        environment.Clear();
        environment["PATH"] = path;
        environment["HOME"] = options.HomeDirectory;
        environment["LC_ALL"] = "C";
        environment["TZ"] = "UTC";
        environment["GIT_CONFIG_NOSYSTEM"] = "1";
        environment["GIT_CONFIG_GLOBAL"] = command.TrustsOwner || command.Remote is { IsFile: true } ? options.TrustingConfig : "/dev/null";
        environment["GIT_TERMINAL_PROMPT"] = "0";
        environment["GIT_ASKPASS"] = "/bin/false";
        environment["GIT_ALLOW_PROTOCOL"] = command.Remote?.Scheme ?? "none";
        environment["GIT_OPTIONAL_LOCKS"] = "0";
        environment["GIT_NO_REPLACE_OBJECTS"] = "1";
        environment["GIT_CEILING_DIRECTORIES"] = options.DataDirectory;
        if (command.Repository is not null) environment["GIT_DIR"] = command.Repository;
        foreach (var (name, setting) in command.Variables.Concat(remote?.Variables ?? [])) environment[name] = setting;

        var settings = Settings(command).Concat(remote?.Configuration ?? []).ToList();
        environment["GIT_CONFIG_COUNT"] = settings.Count.ToString(CultureInfo.InvariantCulture);
        for (var i = 0; i < settings.Count; i++)
        {
            environment[$"GIT_CONFIG_KEY_{i}"] = settings[i].Key;
            environment[$"GIT_CONFIG_VALUE_{i}"] = settings[i].Value;
        }
    }

    private IEnumerable<(string Key, string Value)> Settings(GitCommand command)
    {
        yield return ("core.hooksPath", "/dev/null");
        yield return ("core.fsmonitor", "false");
        yield return ("protocol.ext.allow", "never");
        yield return ("credential.helper", "");
        yield return ("gc.auto", "0");
        yield return ("maintenance.auto", "false");
        yield return ("pack.threads", "1");
        yield return ("submodule.recurse", "false");
        yield return ("transfer.bundleURI", "false");
        yield return ("fetch.fsckObjects", "true");
        // Objects of old repositories of others are not ours to judge, and we never check them out.
        yield return ("fetch.fsck.zeroPaddedFilemode", "ignore");
        yield return ("fetch.fsck.missingSpaceBeforeDate", "ignore");
        yield return ("fetch.fsck.badTimezone", "ignore");
        yield return ("http.followRedirects", "false");
        yield return ("http.lowSpeedLimit", "1");
        yield return ("http.lowSpeedTime", Math.Max(1, (int)options.SilenceLimit.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        if (command.Repository is not null) yield return ("safe.directory", command.Repository);
        foreach (var setting in command.Settings) yield return setting;
    }

    private void Prepare()
    {
        lock (_gate)
        {
            if (_prepared) return;
            Directory.CreateDirectory(options.HomeDirectory);
            File.WriteAllText(options.TrustingConfig, "[safe]\n\tdirectory = *\n");
            _prepared = true;
        }
    }
}
