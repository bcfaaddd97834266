//! Every route of every service, walked to its end over all choices and the dates and numbers at which conditions turn.

use std::collections::BTreeSet;

use catalogue::Class;

use crate::{SHIPPED, TODAY};

#[test]
fn every_route_of_every_service_ends_and_everything_written_is_reached() {
    let mut routes = 0u64;
    let mut points = 0;
    for service in SHIPPED.services.values() {
        let walk = SHIPPED.walk_all(service, TODAY);
        println!("{:22} {:>16} routes, {:>16} submissions, {:>6} points", service.id, walk.routes, walk.submissions, walk.points);
        assert!(!walk.too_many, "{}: too many answers decide at once", service.id);
        assert!(walk.routes < u64::MAX, "{}: the count overflowed", service.id);
        let all = |ids: Vec<&String>| ids.into_iter().cloned().collect::<BTreeSet<String>>();
        assert_eq!(walk.asked, all(service.steps.iter().map(|step| &step.id).collect()), "{}", service.id);
        assert_eq!(walk.exits, all(service.exits.iter().map(|exit| &exit.id).collect()), "{}", service.id);
        assert_eq!(walk.outputs, all(service.outputs.iter().map(|output| &output.id).collect()), "{}", service.id);
        assert_eq!(walk.cases, all(service.cases.iter().map(|case| &case.id).collect()), "{}", service.id);
        assert_eq!(walk.forecasts, all(service.forecasts.iter().map(|forecast| &forecast.id).collect()), "{}", service.id);
        assert_eq!(walk.submissions == 0, service.class == Class::K3, "{}: {:?}", service.id, service.class);
        assert!(!walk.fruitless || service.class == Class::K3, "{}: something is sent of which nothing comes", service.id);
        routes = routes.saturating_add(walk.routes);
        points += walk.points;
    }
    println!("{} services, {routes} routes over {points} points", SHIPPED.services.len());
    assert_eq!(SHIPPED.services.len(), 58);
}
