using MediatR;

namespace Promises.Architecture.Tests;

/// <summary>One file per use case: the message and its handler, in one static class.</summary>
public sealed class MediatRTests
{
    [Fact]
    public void Every_request_has_exactly_one_handler_and_it_is_beside_it()
    {
        var types = Product.Types("Promises.Server").ToList();
        var handlers = types.SelectMany(type => type.GetInterfaces()
                .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() is var open && (open == typeof(IRequestHandler<,>) || open == typeof(IRequestHandler<>)))
                .Select(i => (Request: i.GetGenericArguments()[0], Handler: type)))
            .Distinct().ToLookup(pair => pair.Request, pair => pair.Handler);
        var requests = types.Where(type => type is { IsAbstract: false, IsInterface: false } && typeof(IBaseRequest).IsAssignableFrom(type));

        var wrong = requests.Select(request => (request, found: handlers[request].ToList()))
            .Where(pair => pair.found.Count != 1 || pair.request.DeclaringType is null || pair.found[0].DeclaringType != pair.request.DeclaringType)
            .Select(pair => $"{pair.request.FullName}: {(pair.found.Count == 0 ? "no handler" : string.Join(", ", pair.found.Select(handler => handler.FullName)))}");

        wrong.ShouldBeEmpty();
    }
}
