using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;

namespace Promises.Server.Features.Credentials;

/// <summary>A credential as it is shown: whose it is and how to recognise it, never what it is.</summary>
internal static class CredentialView
{
    public static JsonObject Of(Credential credential, IReadOnlyList<Warning> warnings) => ObjectView.Of(
        Kinds.Credential, credential, FleetDocuments.CredentialSpecJson(credential),
        new JsonObject { ["fingerprint"] = credential.Fingerprint, ["updatedAt"] = ApiJson.Time(credential.UpdatedAt) }, warnings);
}
