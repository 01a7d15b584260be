using MediatR;

namespace Promises.Server.Http;

internal static class MediatorRegistration
{
    private static readonly Type[] HandlerInterfaces = [typeof(IRequestHandler<,>), typeof(INotificationHandler<>)];

    /// <summary>Registers the mediator and every handler of this assembly.</summary>
    public static IServiceCollection AddMediator(this IServiceCollection services)
    {
        services.AddScoped<IMediator>(provider => new Mediator(provider.GetService!));

        var handlers =
            from type in typeof(MediatorRegistration).Assembly.GetTypes()
            where type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false }
            from contract in type.GetInterfaces()
            where contract.IsGenericType && HandlerInterfaces.Contains(contract.GetGenericTypeDefinition())
            select (contract, type);
        foreach (var (contract, type) in handlers) services.AddTransient(contract, type);
        return services;
    }
}
